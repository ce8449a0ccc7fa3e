"""The inputs of a form: exact decimals, days, references by code, names in several languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from wtforms import fields as wt
from wtforms.validators import ValidationError

from core.declare.fields import Field
from core.entities.rows import find_all
from core.text.i18n import LOCALES, T

if TYPE_CHECKING:
    from core.kernel.context import Ctx

DIGITS = re.compile(r"^[+-]?\d+(\.\d+)?$")
MOST_DIGITS = 12


def parse_decimal(raw: str, places: int) -> Decimal:
    """A decimal as people type it: digits, a point, thousands commas. Raises ValidationError in plain words."""
    text = raw.strip().replace(",", "").replace("，", "").replace("\u3000", "")
    if not DIGITS.match(text):
        raise ValidationError(str(T("“{value}” is not a number.", value=raw)))
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise ValidationError(str(T("“{value}” is not a number.", value=raw))) from error
    if len(text.split(".")[0].lstrip("+-0")) > MOST_DIGITS:
        raise ValidationError(str(T("This number is too large.")))
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        raise ValidationError(
            str(T("At most {places} decimals.", places=places)) if places else str(T("Whole numbers only."))
        )
    return value


def parse_date(raw: str) -> date:
    """A day as people type it: 2026-11-23, 2026/11/23 or 20261123. Raises ValidationError in plain words."""
    text = raw.strip().replace("/", "-").replace(".", "-")
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    try:
        year, month, day = (int(part) for part in text.split("-"))
        value = date(year, month, day)
    except ValueError as error:
        raise ValidationError(
            str(T("“{value}” is not a date. Write it as 2026-11-23.", value=raw))
        ) from error
    if not 1990 <= value.year <= 2100:
        raise ValidationError(str(T("The year must lie between 1990 and 2100.")))
    return value


class ExactDecimal(wt.StringField):
    """A decimal with a limit of places and a range; keeps what was typed when it is wrong."""

    def __init__(self, *args: Any, spec: Field, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.spec = spec

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        self.typed = valuelist[0] if valuelist else ""
        if self.typed.strip():
            value = parse_decimal(self.typed, self.spec.decimals)
            if self.spec.min is not None and value < self.spec.min:
                raise ValidationError(str(T("At least {least}.", least=self.spec.min)))
            if self.spec.max is not None and value > self.spec.max:
                raise ValidationError(str(T("At most {most}.", most=self.spec.max)))
            self.data = int(value) if self.spec.kind == "int" else value

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None or self.data == "":
            return ""
        value = Decimal(self.data)
        return f"{value.normalize():f}" if value else "0"


class IsoDate(wt.StringField):
    """A day as 2026-11-23 (also 2026/11/23 or 20261123)."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        raw = valuelist[0].strip() if valuelist else ""
        if raw:
            self.data = parse_date(raw)

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
            self.data = resolve(self.ctx, self.spec, [code]).get(code.upper())
            if self.data is None:
                what = self.ctx.registry.get(self.spec.ref).label
                raise ValidationError(str(T("There is no {what} “{code}”.", what=what, code=code)))

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


def resolve(ctx: Ctx, spec: Field, codes: Iterable[str]) -> dict[str, Any]:
    """Rows of ``spec.ref`` by code in capitals, within ``spec.where``; None for a code that there is not. A form that asks for
    the codes of all lines first reads once.

    A code is compared without case. Deleted or inactive rows stay resolvable: old documents still point to them.
    """
    entity = ctx.registry.get(spec.ref)
    typed = {c.strip().upper(): c.strip() for c in codes if c and c.strip()}

    def read(missing: list[str]) -> dict[str, Any]:
        return find_all(ctx, entity, [typed[code] for code in missing], spec.where)

    known = ctx.memo.each(("core.refs", spec.ref, str(spec.where)), typed, read)
    return {code: known.get(code) for code in typed}
