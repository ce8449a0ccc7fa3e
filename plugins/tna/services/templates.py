"""Templates: the checks of the administrator's form, and the three that each tenant starts with."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from core.api import Ctx, EntityName, Problem, Refused, T, record_audit
from plugins.tna.models import Template, TemplateLine
from plugins.tna.services import schedule

ENTITY = EntityName("tna.template")
SOURCE = Path(__file__).parent / "standard.csv"
CODE = re.compile(r"[A-Z0-9_]{1,40}")
SHORT_DROPS = ("FIT_OK", "SIZESET_OK")
NEW_FABRIC_EARLIER = ("PO_RCVD", "TECHPACK", "FAB_PO", "LABDIP_SUB", "LABDIP_OK")
"""What must be done before the first bulk lot of a new fabric: 30 days earlier than usual."""


def codes_in(raw: str) -> list[str]:
    """Codes as they are typed: separated by blanks, commas or semicolons, in any case."""
    return [code.upper() for code in re.split(r"[\s,;，；、]+", raw or "") if code]


def validate(
    ctx: Ctx,
    row: Template | None,
    data: Mapping[str, Any],
    children: Mapping[str, Sequence[Mapping[str, Any]]],
) -> list[Problem]:
    """Everything wrong with the lines of a template, each at its input; codes are brought into capitals on the way."""
    if "lines" not in children:
        return []
    lines = children["lines"]
    if not lines:
        return [Problem(T("A template needs at least one milestone."), "lines")]
    problems: list[Problem] = []
    places: dict[str, str] = {}
    for i, line in enumerate(lines):
        place, code = _place(line, i), _code(line)
        if not CODE.fullmatch(code):
            problems.append(Problem(T("A code is made of letters, digits and _."), f"{place}code"))
        elif code in places:
            problems.append(Problem(T("The code {code} stands here twice.", code=code), f"{place}code"))
        places.setdefault(code, place)
        for name in ("offset_days", "min_days", "warn_days"):
            if (line.get(name) or 0) < 0:
                problems.append(Problem(T("Days are not negative."), f"{place}{name}"))
    return problems + _predecessors(lines, places)


def _place(line: Mapping[str, Any], index: int) -> str:
    return str(line.get("input") or f"lines-{index}-")


def _code(line: Mapping[str, Any]) -> str:
    return str(line.get("code") or "").strip().upper()


def _predecessors(lines: Sequence[Mapping[str, Any]], places: Mapping[str, str]) -> list[Problem]:
    problems, graph = [], {}
    for i, line in enumerate(lines):
        graph[_code(line)] = codes = codes_in(str(line.get("predecessors") or ""))
        unknown = [code for code in codes if code not in places]
        if unknown:
            words = T("There is no milestone {codes} in this template.", codes=", ".join(unknown))
            problems.append(Problem(words, f"{_place(line, i)}predecessors"))
    circle = schedule.cycle(graph)
    if circle:
        words = T("These wait for each other in a circle: {codes}.", codes=" ← ".join(circle))
        problems.append(Problem(words, f"{places[circle[0]]}predecessors"))
    return problems


def before_save(ctx: Ctx, row: Template, is_new: bool) -> None:
    """Codes are kept in capitals, predecessors separated by one blank; a milestone without a name is called by its code."""
    for line in row.lines:
        line.code = line.code.strip().upper()
        line.predecessors = " ".join(dict.fromkeys(codes_in(line.predecessors)))
        line.names = line.names or {"en": line.code}
        line.min_days, line.warn_days = line.min_days or 0, line.warn_days or 0
        line.event = line.event or ""


def after_save(ctx: Ctx, row: Template, is_new: bool) -> None:
    """Only one template is the standard one."""
    if row.standard:
        ctx.session.execute(
            update(Template)
            .where(Template.id != row.id, Template.standard.is_(True))
            .values(standard=False)
            .execution_options(synchronize_session="fetch")
        )


def standard(ctx: Ctx) -> Template:
    """The template new timelines take; Refused where the administrator left none active."""
    found = ctx.session.scalars(
        select(Template).where(Template.active).order_by(Template.standard.desc(), Template.id).limit(1)
    ).first()
    if found is None:
        raise Refused(T("There is no active timeline template. An administrator makes one."), "template")
    return found


@cache
def shipped() -> tuple[dict[str, Any], ...]:
    """The 25 lines of the standard template, as plain values."""
    with SOURCE.open(encoding="utf-8", newline="") as source:
        return tuple(
            {
                "code": row["code"],
                "names": {"en": row["name_en"], "zh_Hant_TW": row["name_hant"], "zh_Hans_CN": row["name_hans"]},
                "owner_role": row["owner_role"], "offset_days": int(row["offset_days"]), "calendar": row["calendar"],
                "working_days": False, "min_days": int(row["min_days"]), "warn_days": int(row["warn_days"]),
                "predecessors": row["predecessors"], "event": row["event"], "critical": row["critical"] == "1",
                "scope": row["scope"],
            }
            for row in csv.DictReader(source)
        )  # fmt: skip


def short_variant() -> list[dict[str, Any]]:
    """60 days, a repeat order: no fit and size-set samples, everything else at two thirds (days rounded half up, minimum
    gaps down); what followed a dropped sample follows what came before it."""
    lines = shipped()
    by_code = {line["code"]: codes_in(line["predecessors"]) for line in lines}
    found = []
    for line in lines:
        if line["code"] in SHORT_DROPS:
            continue
        before = by_code[line["code"]]
        while any(code in SHORT_DROPS for code in before):
            before = [c for code in before for c in (by_code[code] if code in SHORT_DROPS else [code])]
        found.append(
            {**line, "offset_days": (line["offset_days"] * 4 + 3) // 6, "min_days": line["min_days"] * 2 // 3,
             "predecessors": " ".join(before)}
        )  # fmt: skip
    return found


def long_variant() -> list[dict[str, Any]]:
    """120 days, a new fabric: fabric order 114 days and first bulk lot 60 days before shipping."""
    earlier = dict.fromkeys(NEW_FABRIC_EARLIER, 30) | {"BULK_LOT_OK": 12}
    return [{**line, "offset_days": line["offset_days"] + earlier.get(line["code"], 0)} for line in shipped()]


NAMES = {
    "TNA-90": ("Standard, 90 days", "標準 90 天", "标准 90 天"),
    "TNA-60": ("Repeat order, 60 days", "翻單 60 天", "翻单 60 天"),
    "TNA-120": ("New fabric, 120 days", "新布 120 天", "新布 120 天"),
}


def seed(ctx: Ctx) -> None:
    """Give a tenant the three templates, unless it has templates already."""
    if ctx.session.scalar(select(Template.id).limit(1)) is not None:
        return
    lines = {"TNA-90": shipped(), "TNA-60": short_variant(), "TNA-120": long_variant()}
    ctx.session.insert_many(
        Template,
        [
            {"code": code, "name": english, "names": {"en": english, "zh_Hant_TW": hant, "zh_Hans_CN": hans},
             "standard": code == "TNA-90", "active": True}
            for code, (english, hant, hans) in NAMES.items()
        ],
    )  # fmt: skip
    found = ctx.session.execute(select(Template.code, Template.id).order_by(Template.id))
    ids = {row.code: row.id for row in found}
    ctx.session.insert_many(
        TemplateLine,
        [
            {"template_id": ids[code], "position": i, **line}
            for code in ids
            for i, line in enumerate(lines[code])
        ],
    )
    for code, row_id in ids.items():
        record_audit(ctx, ENTITY, row_id, "create", number=code)
