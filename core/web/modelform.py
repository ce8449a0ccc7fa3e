"""Forms that Flask-Admin makes from a model, speaking the hub's language and keeping its exact decimals and dates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from flask_admin.contrib.sqla.form import AdminModelConverter
from flask_admin.form import BaseForm
from flask_admin.model.form import converts

from core.data.db import TenantRow
from core.declare.fields import Field
from core.entities.forms import HubForm
from core.entities.inputs import ExactDecimal, IsoDate
from core.text.i18n import T
from core.web.screens.render import day, named, number

BLANK = ("", "__None")


class ModelForm(BaseForm):
    """Flask-Admin's form with the hub's translations; the CSRF token is checked before any form is looked at."""

    class Meta(HubForm.Meta):
        """WTForms' settings."""


class HubConverter(AdminModelConverter):
    """Columns to inputs."""

    @converts("core.data.columns.Scaled")
    def exact(self, column: Any, field_args: dict[str, Any], **extra: Any) -> Any:
        """Quantities, prices, money: exact, with no more decimals than the column keeps."""
        spec = Field(column.key, T("Value"), "rate", places=column.type.scale)
        return ExactDecimal(spec=spec, **field_args)

    @converts("Date")
    def a_day(self, field_args: dict[str, Any], **extra: Any) -> Any:
        """A day as 2026-11-23."""
        return IsoDate(**field_args)

    @converts("core.data.columns.Utc", "sqlalchemy.sql.sqltypes.JSON")
    def nothing(self, **extra: Any) -> None:
        """Moments are set by code, JSON is not typed by people."""

    def _model_select_field(self, prop: Any, multiple: Any, remote_model: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("get_pk", lambda row: str(row.id))
        kwargs.setdefault("get_label", called)
        return super()._model_select_field(prop, multiple, remote_model, **kwargs)


def shown(_view: Any, value: Any, _name: str) -> Any:
    """A value in a list or on the page of a row."""
    if isinstance(value, bool):
        return str(T("yes") if value else T("no"))
    if isinstance(value, TenantRow):
        return called(value)
    if isinstance(value, dt.date):
        return day(value)
    return number(value) if isinstance(value, Decimal) else ""


SHOWN = dict.fromkeys((bool, TenantRow, dt.date, Decimal, type(None)), shown)


def called(row: Any) -> str:
    """What people call a row: its number or code, and its name."""
    code = getattr(row, "number", None) or getattr(row, "code", None) or row.id
    return f"{code} {named(row)}".strip()


def forged(field: Any) -> bool:
    """Was a reference posted that could not be found? Flask-Admin would take it for an empty one."""
    typed = [value for value in field.raw_data or () if value not in BLANK]
    return bool(typed) and hasattr(field, "query_factory") and not field.data
