"""The numbers in a contract's articles: settings of the tenant, with the trade's usual values to start from."""

from __future__ import annotations

from typing import Any

from core.api import Ctx, Field, T

PREFIX = "contract_"


def _days(name: str, label: Any, days: int) -> Field:
    return Field(PREFIX + name, label, "int", default=days, min=0, max=3650, suffix="d")


def _pct(name: str, label: Any, value: str) -> Field:
    return Field(PREFIX + name, label, "pct", default=value, min=0, max=100, places=2, suffix="%")


FIELDS: tuple[Field, ...] = (
    Field(PREFIX + "aql_level", T("Contract: inspection level"), default="II", max_length=10,
          help=T("The articles of the contract are a template and no legal advice: have them reviewed for your trade "
                 "before contracts are signed.")),
    Field(PREFIX + "aql_major", T("Contract: AQL of major defects"), default="2.5", max_length=10),
    Field(PREFIX + "aql_minor", T("Contract: AQL of minor defects"), default="4.0", max_length=10),
    _days("material_report_days", T("Contract: days to report faults of material"), 3),
    _days("return_days", T("Contract: days to return leftovers"), 15),
    _days("notice_days", T("Contract: days to announce a delay"), 3),
    _pct("quantity_tolerance_pct", T("Contract: quantity tolerance ±"), "3"),
    Field(PREFIX + "shortage_times", T("Contract: missing pieces at times the cost price"), "qty", default="1", min=0,
          max=10, places=2),
    _days("reject_days", T("Contract: days to repair rejected goods and to answer claims"), 7),
    _pct("late_pct", T("Contract: penalty for each day late"), "2"),
    _pct("late_cap_pct", T("Contract: penalty at most"), "20"),
    _days("late_cancel_days", T("Contract: days late after which it may be cancelled"), 10),
    Field(PREFIX + "secrecy_years", T("Contract: years of secrecy"), "int", default=3, min=0, max=50),
    _days("claim_days", T("Contract: days of warranty after acceptance"), 180),
    _days("majeure_days", T("Contract: days of force majeure after which it may be ended"), 30),
    _days("remedy_days", T("Contract: days to remedy a breach"), 7),
    _days("settlement_days", T("Contract: days to pay after acceptance, without payment terms"), 20),
    Field(PREFIX + "price_includes_tax", T("Contract: prices include tax"), "bool", default=False),
    Field(PREFIX + "copies", T("Contract: number of copies"), "int", default=2, min=1, max=20),
    Field(PREFIX + "law", T("Contract: governing law"), max_length=200,
          help=T("Empty: the law of the contract's language.")),
    Field(PREFIX + "court", T("Contract: court"), max_length=200, help=T("Empty: at the seat of your company.")),
    Field(PREFIX + "stamp_summary", T("Contract: stamp tax is paid by summary"), "bool", default=False),
)  # fmt: skip
"""Seen in the trade's own contracts: 2 % of the value for each day late, settlement 20 days after acceptance."""

LAW = {
    "zh_Hant_TW": ("中華民國法律", "甲方所在地之地方法院"),
    "zh_Hans_CN": ("中华人民共和国法律", "甲方所在地有管辖权的人民法院"),
    "en": (
        "the laws of the place where Party A has its registered office",
        "the competent court at the registered office of Party A",
    ),
}


def clauses(ctx: Ctx, language: str) -> dict[str, Any]:
    """The numbers by name, as this tenant set them; law and court follow the contract's language where not set."""
    found = {f.name.removeprefix(PREFIX): ctx.setting(f"outsourcing.{f.name}", f.default) for f in FIELDS}
    law, court = LAW[language]
    return {**found, "law": found["law"] or law, "court": found["court"] or court}


SETTINGS: tuple[Field, ...] = (
    Field("four_eyes", T("Four-eyes rule"), "bool", default=False,
          help=T("Issuing, price changes and short-closing need a manager who did not make the factory order.")),
    Field("fg_over_pct", T("Allowed above the ordered quantity"), "pct", default=3, min=0, max=100, places=2,
          suffix="%"),
    Field("under_pct", T("A size is complete although short by"), "pct", default=0, min=0, max=100, places=2,
          suffix="%"),
    Field("unsigned_days", T("Days after which an unsigned contract is brought to mind"), "int", default=10, min=1,
          max=365),
    Field("require_signed_contract", T("Production starts only with a signed contract"), "bool", default=False),
    *FIELDS,
)  # fmt: skip
"""All settings of the plugin."""
