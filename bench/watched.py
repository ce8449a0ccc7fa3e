"""What the company of :mod:`bench.company` has because somebody watches over it: a timeline of 25 milestones for each factory
order that was issued, 2,000 claims of which 100 are open, stock set aside, and how each gate stands.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from bench import company
from core import ledger
from core.api import Ctx
from plugins.claims.models import Claim
from plugins.factory_stock.services import places
from plugins.material_gate.services import summary
from plugins.stock.services import places as kept_places
from plugins.stock.services import stores
from plugins.tna.models import RULE, Milestone, Template, Timeline
from plugins.tna.services import days, status, templates

CLAIMS, OPEN_CLAIMS = 2_000, 100
SLIPPED = 11
"""The milestone of a running timeline that nobody has entered although its day has passed, in one timeline of three."""


def fill(ctx: Ctx) -> None:
    """Timelines, then how those that run stand, then claims."""
    template = templates.standard(ctx)
    known = days.Calendars(ctx, range(company.CUSTOMERS + 1, company.CUSTOMERS + company.FACTORIES + 1))
    company.put(ctx, Timeline, timelines(template))
    company.put(ctx, Milestone, milestones(template, known))
    status.refresh_open(ctx)
    company.put(ctx, Claim, claims(ctx))


def keep(ctx: Ctx) -> None:
    """What came for live factory orders lies in their own places, and for every fourth stock of one group is set aside; then it
    is kept how the gates stand."""
    moves = []
    for po, fo in company.received():
        if company.fo_state(fo) == "closed":
            continue
        kept = kept_places.reserved(1, places.ORDER, fo)
        for n in range(company.LINES):
            at = (po - 1) % company.POS * company.LINES + n
            item = ledger.Item("material", company.group(fo, at), color_id=1 + at % company.COLORS)
            source = ledger.Place("supplier", company.supplier(po))
            moves.append(ledger.Move("receipt", item, source, kept, company.arrived(fo, n)))
    for fo in range(company.MADE - company.LIVE + 1, company.MADE + 1, 4):
        item = ledger.Item("material", company.group(fo, 1), color_id=2)
        moves.append(ledger.Move("opening", item, ledger.Place("adjustment"), stores.place(1), Decimal(300)))
        kept = kept_places.reserved(1, places.ORDER, fo)
        moves.append(ledger.Move("reserve", item, stores.place(1), kept, Decimal(300)))
    ledger.post(ctx, moves, entity="bench.doc", entity_id=0, on=company.TODAY)
    summary.rebuild(ctx)


def timelines(template: Template) -> company.Rows:
    """One for each factory order that was issued."""
    for fo in company.issued():
        day = company.ship_date((fo - 1) * company.PER + 1)
        yield {"id": fo, "number": company.fo_number(fo), "entity": places.ORDER, "owner_id": fo,
               "template_id": template.id, "anchor": day,
               "state": "closed" if company.fo_state(fo) == "closed" else "open",
               "factory_id": company.factory(fo), "made_on": day - timedelta(days=75)}  # fmt: skip


def milestones(template: Template, known: days.Calendars) -> company.Rows:
    """The 25 of each, done where their day has passed; in every third timeline one was forgotten."""
    rules = [(line, {name: getattr(line, name) for name in RULE}) for line in template.lines]
    for fo in company.issued():
        day = company.ship_date((fo - 1) * company.PER + 1)
        over = company.fo_state(fo) == "closed"
        for n, (line, rule) in enumerate(rules):
            target = known.target(line, day, company.factory(fo))
            done = over or (target < company.TODAY and (fo % 3 or n != SLIPPED))
            actual = min(target, company.TODAY) if done else None
            yield {"timeline_id": fo, **rule, "target": target, "scheduled": target, "baseline": target, "typed": actual,
                   "actual": actual}  # fmt: skip


def claims(ctx: Ctx) -> company.Rows:
    """Of material and of garments in turn; the newest are open."""
    for n in range(1, CLAIMS + 1):
        fo = n * company.MADE // CLAIMS
        day = company.TODAY - timedelta(days=(CLAIMS - n) // 2)
        about: dict[str, Any] = {"factory_order_id": fo, "partner_id": company.factory(fo), "kind": "garment"}
        if n % 2:
            po = (fo - 1) * company.POS + 1
            about = {"purchase_order_id": po, "purchase_line_id": (po - 1) * company.LINES + 1, "kind": "material",
                     "material_id": company.group(fo, 0), "partner_id": company.supplier(po)}  # fmt: skip
        still = n > CLAIMS - OPEN_CLAIMS
        yield {"id": n, "number": f"CL-{n:05}", "state": "open" if still else "closed", "opened_on": day,
               "opened_by": "Bench", "created_at": ctx.now(), "defect": "SHADE", "due_date": day + timedelta(days=10),
               "resolved_on": None if still else day + timedelta(days=8),
               "closed_on": None if still else day + timedelta(days=9), **about}  # fmt: skip
