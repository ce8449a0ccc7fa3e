"""Lines of a shipment as the payload of the action "lines": pieces by line of the customer order and size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.api import Ctx, Field, PayloadTable, Problem, Refused, T
from core.values import code_key
from plugins.shipping.models import Shipment
from plugins.shipping.services import shipping_lines

TABLE = PayloadTable(
    "lines",
    T("Lines"),
    (Field("line", T("Line"), "int", required=True, min=1, help=T("Its number on the customer order.")),),
    tables=(
        PayloadTable(
            "sizes",
            T("Pieces per size"),
            (
                Field("size", T("Size"), required=True, max_length=20),
                Field("pcs", T("Pieces"), "pieces", required=True),
            ),
        ),
    ),
    help=T("All lines of the document; what is not among them goes."),
)


def held(ctx: Ctx, row: Shipment) -> list[Mapping[str, Any]]:
    """The lines there are, as rows of the payload."""
    return [
        {
            "line": line.order_line.position + 1,
            "sizes": [{"size": size.size.code, "pcs": size.qty} for size in line.sizes],
        }
        for line in row.lines
    ]


def save_payload(ctx: Ctx, row: Shipment, data: Mapping[str, Any]) -> None:
    """What the action "lines" does; every problem is at its row of the payload."""
    lines = {
        line.position + 1: line
        for line in shipping_lines.order_lines(ctx, row.customer_order_id, row.destination_id)
    }
    typed: dict[tuple[int, int], int] = {}
    paths: dict[str, str] = {}
    problems: list[Problem] = []
    seen = set()
    for i, given in enumerate(data[TABLE.name]):
        number = given["line"]
        if number in seen or number not in lines:
            twice = T("Line {line} stands here twice.", line=number)
            problems.append(
                Problem(twice if number in seen else shipping_lines.NOT_ORDERED, f"lines.{i}.line")
            )
            continue
        seen.add(number)
        line = lines[number]
        sizes = {code_key(size.size.code): size.size_id for size in line.sizes}
        for j, cell in enumerate(given.get("sizes", ())):
            size_id = sizes.get(code_key(cell["size"]), 0)
            if (line.id, size_id) in typed:
                again = T("Size {size} stands twice.", size=cell["size"])
                problems.append(Problem(again, f"lines.{i}.sizes.{j}.size"))
            typed[line.id, size_id] = cell["pcs"]
            paths[f"cell-{line.id}-{size_id}"] = f"lines.{i}.sizes.{j}.pcs"
    found = shipping_lines.wrong({line.id: line for line in lines.values()}, typed)
    if problems := [*problems, *(replace(p, field=paths[p.field]) for p in found)]:
        raise Refused(problems)
    shipping_lines.save(ctx, row, typed)
