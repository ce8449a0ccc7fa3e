"""Forms made from fields: one set of checks for screens, the command line and imports (WTForms, no Flask)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms import fields as wt
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length, Optional, StopValidation

from core.declare.fields import Field
from core.entities.facts import future_facts
from core.entities.inputs import ExactDecimal, FileInput, IsoDate, NamesInput, RefInput
from core.errors import Problem
from core.text.i18n import T, current_locale

if TYPE_CHECKING:
    from core.kernel.context import Ctx

WTFORMS_LOCALE = {"zh_Hant_TW": "zh_TW", "zh_Hans_CN": "zh"}


class HubForm(Form):
    """A form that speaks the current language (WTForms' Traditional Chinese lives under another name)."""

    class Meta:
        locales: list[str] | None = None

        def get_translations(self, form: Any) -> Any:
            return _translations(WTFORMS_LOCALE.get(current_locale(), "en"))


@cache
def _translations(language: str) -> Any:
    """What WTForms says in a language; it looks for the file each time it is asked, and each row of a table is a form."""
    from wtforms.i18n import get_translations

    return get_translations([language])


class DeclaredForm(HubForm):
    """A form whose fields are reached by ``form[name]`` only, so that a field may be called ``process`` or ``data``."""

    def __init__(
        self, members: Mapping[str, Any], formdata: Any, values: Mapping[str, Any], prefix: str
    ) -> None:
        BaseForm.__init__(self, members, prefix=prefix, meta=self._wtforms_meta())
        self.process(formdata, data=values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._fields.values())


class Needed(InputRequired):
    """Something must be typed; blanks are nothing."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.raw_data and any(v.strip() if isinstance(v, str) else v for v in field.raw_data):
            return
        field.errors[:] = []
        raise StopValidation(self.message)


def wt_field(ctx: Ctx, spec: Field) -> Any:
    """The WTForms field for a declared field."""
    checks: list[Any] = [Needed(str(T("This is needed.")))] if spec.required else [Optional()]
    common: dict[str, Any] = {"label": spec.label, "description": spec.help or ""}
    if spec.kind in ("qty", "price", "money", "pct", "rate", "int", "pieces"):
        return ExactDecimal(spec=spec, validators=checks, **common)
    if spec.kind == "date":
        return IsoDate(spec=spec, ctx=ctx, validators=checks, **common)
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
        return FileInput(spec=spec, **common)
    checks.append(Length(max=spec.max_length, message=str(T("At most {n} characters.", n=spec.max_length))))
    strip = [lambda v: v.strip() if isinstance(v, str) else v]
    if spec.kind == "long":
        return wt.TextAreaField(validators=checks, filters=strip, **common)
    if spec.kind == "password":
        return wt.PasswordField(validators=checks, **common)
    return wt.StringField(validators=checks, filters=strip, **common)


def build_form(
    ctx: Ctx,
    fields: Sequence[Field],
    formdata: Any = None,
    values: Mapping[str, Any] | None = None,
    prefix: str = "",
) -> HubForm:
    """A form over ``fields``. ``values`` (name → value, rows for references) fill it where ``formdata`` is None."""
    members = {f.name: wt_field(ctx, f) for f in fields if not f.readonly}
    return DeclaredForm(members, formdata, dict(values or {}), prefix)


def form_problems(form: HubForm) -> list[Problem]:
    """Every message of a form, at the input where it was typed."""
    return [
        Problem(message, field.name) for field in form for message in (field.process_errors or field.errors)
    ]


def cleaned_values(form: HubForm, fields: Sequence[Field]) -> dict[str, Any]:
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


class Cleaner:
    """Checks plain values of the same fields, row after row, with one form: making one takes longer than asking it."""

    def __init__(self, ctx: Ctx, fields: Sequence[Field]) -> None:
        self.ctx, self.fields = ctx, fields
        self.by_name = {f.name: f for f in fields}
        self.forms: dict[tuple[str, ...], HubForm] = {}

    def clean(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
        """Strings are parsed as a form would, other values pass through.

        Gives the values that are right, and a Problem for each that is wrong; unknown names are wrong too.
        """
        problems = []
        texts: MultiDict[str, str] = MultiDict()
        passed: dict[str, Any] = {}
        barred: set[str] = set()
        for name, value in given.items():
            spec = self.by_name.get(name.split(".")[0])
            if spec is None:
                problems.append(Problem(T("There is no field {name}.", name=name), name))
            elif isinstance(value, str) and "\0" in value:  # PostgreSQL keeps none
                problems.append(Problem(T("It holds a character that is no text (code 0)."), name))
                barred.add(spec.name)
            elif spec.kind == "choices" and isinstance(value, str):
                for part in filter(None, (p.strip() for p in value.split(","))):
                    texts.add(name, part)
            elif isinstance(value, str):
                texts.add(name, value)
            else:
                passed[name] = value
        problems += future_facts(self.ctx, self.fields, passed)
        fields = [f for f in self.fields if f.name not in passed and f.name not in barred]
        form = self._form(fields, texts)
        wrong = form_problems(form) if not form.validate() else []
        told = {p.field.split(".")[0] for p in wrong}
        right = [f for f in fields if f.name not in told]
        return {**cleaned_values(form, right), **passed}, [*problems, *wrong]

    def _form(self, fields: Sequence[Field], texts: MultiDict[str, str]) -> HubForm:
        names = tuple(f.name for f in fields)
        form = self.forms.get(names)
        if form is None:
            self.forms[names] = form = build_form(self.ctx, fields, texts)
        else:
            form.process(texts)
        return form


def clean(
    ctx: Ctx, fields: Sequence[Field], given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Problem]]:
    """Check plain values (command line, imports) once; see :meth:`Cleaner.clean`."""
    return Cleaner(ctx, fields).clean(given)
