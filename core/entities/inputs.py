"""The inputs of a form: exact decimals, days, references by code, names in several languages."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wtforms import fields as wt
from wtforms.validators import StopValidation

from core.declare.fields import WHOLE, Field, KeptFile
from core.entities.facts import not_yet
from core.entities.rows import find_called, find_rows
from core.errors import Unreadable
from core.text.i18n import LOCALES, T
from core.values import decimal_text
from core.values.days import parse_date
from core.values.folding import fold
from core.values.numbers import parse_decimal, parse_pieces

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def _in_groups(limit: Decimal | int | None) -> str:
    return f"{limit:,}" if isinstance(limit, int) else str(limit)


class ExactDecimal(wt.StringField):
    """A decimal with a limit of places and a range; keeps what was typed when it is wrong."""

    def __init__(self, *args: Any, spec: Field, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.spec = spec

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        self.typed = valuelist[0] if valuelist else ""
        if self.typed.strip():
            typed = fold(self.typed).rstrip("% ") if self.spec.kind == "pct" else self.typed
            pieces = self.spec.kind == "pieces"
            value = Decimal(parse_pieces(typed)) if pieces else parse_decimal(typed, self.spec.decimals)
            if self.spec.min is not None and value < self.spec.min:
                raise Unreadable(T("At least {least}.", least=self.spec.min))
            most = self.spec.most
            if (most is not None and int(value) > most) or (
                self.spec.max is not None and value > self.spec.max
            ):
                raise Unreadable(T("At most {most}.", most=_in_groups(most)))
            if most is not None and self.spec.min is None and int(value) < -most:
                raise Unreadable(T("At least {least}.", least=_in_groups(-most)))
            self.data = int(value) if self.spec.kind in WHOLE else value

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None or self.data == "":
            return ""
        value = Decimal(self.data)
        return decimal_text(value)


class IsoDate(wt.StringField):
    """A day as 2026-11-23 (also 2026/11/23 or 20261123); of a fact none to come."""

    def __init__(self, *args: Any, spec: Field | None = None, ctx: Ctx | None = None, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.spec, self.ctx = spec, ctx

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        raw = valuelist[0].strip() if valuelist else ""
        if raw:
            day = parse_date(raw)
            fact = self.ctx is not None and self.spec is not None and self.spec.fact
            if fact and (problem := not_yet(self.ctx, day)) is not None:  # type: ignore[arg-type]
                raise Unreadable(problem)
            self.data = day

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else (self.data.isoformat() if self.data else "")


class RefInput(wt.StringField):
    """A reference, typed or picked as the code or number of the other row; ``data`` is the row itself."""

    def __init__(self, *args: Any, spec: Field, ctx: Ctx, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.spec = spec
        self.ctx = ctx

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        code = valuelist[0].strip() if valuelist else ""
        if code:
            self.data = resolve_refs(self.ctx, self.spec, [code]).get(code.upper())
            if self.data is None:
                what = self.ctx.registry.get(self.spec.ref).label
                raise Unreadable(T("There is no {what} “{code}”.", what=what, code=code))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return (
            str(getattr(self.data, self.ctx.registry.get(self.spec.ref).key)) if self.data is not None else ""
        )


class NamesInput(wt.StringField):
    """A name per language: three inputs ``<name>.<locale>``; ``data`` is a dict without the empty ones, or None."""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors = []
        given = {loc: formdata.get(f"{self.name}.{loc}") for loc in LOCALES} if formdata is not None else {}
        if any(v is not None for v in given.values()):
            self.data = {loc: v.strip() for loc, v in given.items() if v and v.strip()} or None
            self.raw_data = [str(self.data or "")]
            too_long = [v for v in (self.data or {}).values() if len(v) > 400]
            if too_long:
                self.process_errors.append(str(T("At most {n} characters.", n=400)))
        elif not isinstance(data, dict):
            self.data = None
        else:
            self.data = data


class FileInput(wt.FileField):
    """A file: what was chosen as ``(name, bytes)``, or the one that is kept; ``<name>._remove`` takes that away."""

    def __init__(self, *args: Any, spec: Field, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.spec = spec

    kept: KeptFile | None
    data: tuple[str, bytes] | KeptFile | None

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        super().process(None, data)
        self.data = self.kept = data if isinstance(data, KeptFile) else None
        chosen: Any = formdata.get(self.name) if formdata is not None else None
        if getattr(chosen, "filename", ""):
            chosen.stream.seek(0)
            self.data = (chosen.filename, chosen.stream.read())
        elif formdata is not None and formdata.get(f"{self.name}._remove"):
            self.data = None

    def pre_validate(self, form: Any) -> None:
        if self.spec.required and self.data is None:
            raise StopValidation(str(T("Choose a file first.")))


def resolve_refs(ctx: Ctx, spec: Field, codes: Iterable[str]) -> dict[str, Any]:
    """Rows of ``spec.ref`` by code in capitals, within ``spec.where``; None for a code that there is not. A form that asks for
    the codes of all lines first reads once.

    A code is compared without case and width; what is no code may be what exactly one row is called, where the entity says
    which ``aliases`` its rows have. Deleted or inactive rows stay resolvable: old documents still point to them.
    """
    entity = ctx.registry.get(spec.ref)
    asked = {c.strip().upper(): fold(c) for c in codes if c and c.strip()}
    typed = {code.upper(): code for code in asked.values() if code}

    def fetch_ids(missing: list[str]) -> dict[str, Any]:
        found = find_rows(ctx, entity, [typed[code] for code in missing], spec.where)
        left = [typed[code] for code in missing if code not in found]
        return found | find_called(ctx, entity, left, spec.where)

    known = ctx.memo.each(("core.refs", spec.ref, str(spec.where)), typed, fetch_ids)
    return {as_typed: known.get(code.upper()) for as_typed, code in asked.items()}
