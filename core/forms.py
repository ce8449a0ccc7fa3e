"""Forms made from fields: one set of checks for screens, the command line and imports (WTForms, no Flask)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms import fields as wt
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length, Optional, StopValidation, ValidationError

from core.errors import Problem, Refused
from core.fields import Field
from core.i18n import LOCALES, T, Text, current_locale

if TYPE_CHECKING:
    from core.context import Ctx

DIGITS = re.compile(r"^[+-]?\d+(\.\d+)?$")
WTFORMS_LOCALE = {"zh_Hant_TW": "zh_TW", "zh_Hans_CN": "zh"}
MOST_DIGITS = 12


class HubForm(Form):
    """A form that speaks the current language (WTForms' Traditional Chinese lives under another name)."""

    class Meta:
        locales: list[str] | None = None

        def get_translations(self, form: Any) -> Any:
            from wtforms.i18n import get_translations

            wanted = WTFORMS_LOCALE.get(current_locale(), "en")
            return get_translations([wanted])


class DeclaredForm(HubForm):
    """A form whose fields are reached by ``form[name]`` only, so that a field may be called ``process`` or ``data``."""

    def __init__(
        self, members: Mapping[str, Any], formdata: Any, values: Mapping[str, Any], prefix: str
    ) -> None:
        BaseForm.__init__(self, members, prefix=prefix, meta=self._wtforms_meta())
        self.process(formdata, data=values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._fields.values())


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


class Needed(InputRequired):
    """Something must be typed; blanks are nothing."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.raw_data and any(v.strip() if isinstance(v, str) else v for v in field.raw_data):
            return
        field.errors[:] = []
        raise StopValidation(self.message)


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
        if self.data is None:
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
    """Rows of ``spec.ref`` by code in capitals, within ``spec.where``; cached, so that a form asks once for all lines.

    A code is compared without case. Deleted or inactive rows stay resolvable: old documents still point to them.
    """
    entity = ctx.registry.get(spec.ref)
    cache: dict[str, Any] = ctx.cache.setdefault(("refs", spec.ref, str(spec.where)), {})
    missing = {c.strip().upper() for c in codes if c and c.strip()} - set(cache)
    if missing:
        key = getattr(entity.model, entity.key)
        statement = select(entity.model).where(key.in_({*missing, *(c.strip() for c in codes if c)}))
        for attribute, value in (spec.where or {}).items():
            statement = statement.where(getattr(entity.model, attribute) == value)
        for row in ctx.session.scalars(statement):
            cache[str(getattr(row, entity.key)).upper()] = row
        for code in missing:
            cache.setdefault(code, None)
    return cache


def wt_field(ctx: Ctx, spec: Field) -> Any:
    """The WTForms field for a declared field."""
    checks: list[Any] = [Needed(str(T("This is needed.")))] if spec.required else [Optional()]
    common: dict[str, Any] = {"label": spec.label, "description": spec.help or ""}
    if spec.kind in ("qty", "price", "money", "pct", "rate", "int"):
        return ExactDecimal(spec=spec, validators=checks, **common)
    if spec.kind == "date":
        return IsoDate(validators=checks, **common)
    if spec.kind == "bool":
        return wt.BooleanField(false_values=(False, "false", "", "0", "no", "off"), **common)
    if spec.kind == "ref":
        return RefInput(spec=spec, ctx=ctx, validators=checks, **common)
    if spec.kind == "names":
        return NamesInput(**common)
    if spec.kind == "choice":
        options = [wt.SelectChoice(str(v), str(label)) for v, label in spec.options(ctx)]
        if not spec.required:
            options.insert(0, wt.SelectChoice("", "—"))
        return wt.SelectField(choices=options, coerce=str, validators=checks, **common)
    if spec.kind == "choices":
        options = [wt.SelectChoice(str(v), str(label)) for v, label in spec.options(ctx)]
        return wt.SelectMultipleField(choices=options, coerce=str, **common)
    if spec.kind == "file":
        return wt.FileField(**common)
    checks.append(Length(max=spec.max_length, message=str(T("At most {n} characters.", n=spec.max_length))))
    strip = [lambda v: v.strip() if isinstance(v, str) else v]
    if spec.kind == "long":
        return wt.TextAreaField(validators=checks, filters=strip, **common)
    if spec.kind == "password":
        return wt.PasswordField(validators=checks, **common)
    return wt.StringField(validators=checks, filters=strip, **common)


def build(
    ctx: Ctx,
    fields: Sequence[Field],
    formdata: Any = None,
    values: Mapping[str, Any] | None = None,
    prefix: str = "",
) -> HubForm:
    """A form over ``fields``. ``values`` (name → value, rows for references) fill it where ``formdata`` is None."""
    members = {f.name: wt_field(ctx, f) for f in fields if not f.readonly}
    return DeclaredForm(members, formdata, dict(values or {}), prefix)


def problems_of(form: HubForm) -> list[Problem]:
    """Every message of a form, at the input where it was typed."""
    return [
        Problem(message, field.name) for field in form for message in (field.process_errors or field.errors)
    ]  # fmt: skip


def cleaned(form: HubForm, fields: Sequence[Field]) -> dict[str, Any]:
    """Values of a valid form: dates, decimals, rows; empty text is "" and empty choices None."""
    data: dict[str, Any] = {}
    for spec in fields:
        if spec.readonly:
            continue
        value = form[spec.name].data
        if spec.kind in ("text", "long", "email", "password"):
            value = value or ""
        elif spec.kind == "choice":
            value = value or None
        data[spec.name] = value
    return data


def clean(ctx: Ctx, fields: Sequence[Field], given: Mapping[str, Any]) -> dict[str, Any]:
    """Check plain values (command line, imports): strings are parsed as a form would, other values pass through.

    Raises Refused with one Problem per wrong field; unknown names are refused too.
    """
    known = {f.name for f in fields}
    problems = [
        Problem(T("There is no field {name}.", name=n), n) for n in given if n.split(".")[0] not in known
    ]
    texts: MultiDict[str, str] = MultiDict()
    passed: dict[str, Any] = {}
    by_name = {f.name: f for f in fields}
    for name, value in given.items():
        spec = by_name.get(name.split(".")[0])
        if spec is None:
            continue
        if spec.kind == "choices" and isinstance(value, str):
            for part in value.split(","):
                texts.add(name, part.strip())
        elif isinstance(value, str):
            texts.add(name, value)
        else:
            passed[name] = value
    form = build(ctx, [f for f in fields if f.name not in passed], texts)
    if not form.validate():
        problems += problems_of(form)
    if problems:
        raise Refused(problems)
    return {**cleaned(form, [f for f in fields if f.name not in passed]), **passed}


def label_of(option: Text | str) -> str:
    """A label as text."""
    return str(option)
