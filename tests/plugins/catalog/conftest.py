"""Master data made the way people make it: through the generic save."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from core.entities import crud
from core.kernel.context import Ctx


class Shop:
    """Makes master data in a context; what is not said gets a sensible value."""

    def __init__(self, ctx: Ctx) -> None:
        self.ctx = ctx

    def save(self, noun: str, row: Any = None, children: Any = None, **data: Any) -> Any:
        return crud.save_row(self.ctx, self.ctx.registry.get(f"catalog.{noun}"), row, data, children)

    def partner(self, code: str, kind: str = "customer", **data: Any) -> Any:
        return self.save("partner", code=code, name=data.pop("name", code), **{f"is_{kind}": True}, **data)

    def color(self, code: str) -> Any:
        return self.save("color", code=code, name=code)

    def run(self, code: str = "ALPHA", sizes: str = "S M L") -> Any:
        return self.save(
            "size_run", None, {"sizes": [{"code": s} for s in sizes.split()]}, code=code, name=code
        )

    def style(self, code: str = "T1", run: Any = None, colors: Any = (), **data: Any) -> Any:
        rows = [{"color": c, "customer_code": ""} for c in colors]
        run = run or self.run(f"RUN-{code}")
        return self.save(
            "style", None, {"colors": rows}, code=code, name=code, size_run=run, unit="pcs", **data
        )

    def material(self, code: str = "FAB", stock: str = "kg", **data: Any) -> Any:
        given = {
            "material_class": "main",
            "purchase_uom": stock,
            "factor": Decimal(1),
            "gate_stage": "cutting",
        }
        return self.save("material", code=code, name=code, stock_uom=stock, **{**given, **data})


@pytest.fixture
def shop_in() -> Callable[[Ctx], Shop]:
    return Shop


@pytest.fixture
def shop(ctx: Ctx) -> Shop:
    return Shop(ctx)
