"""What acme_compliance declares: audits with their findings, states and actions; the right and the reasons of the veto."""

from __future__ import annotations

from acme_compliance.models import Audit, Finding
from acme_compliance.services import audits
from acme_compliance.words import AUDIT, GRADES, OVERRIDE, REASONS, ROLES, SEVERITIES
from core.api import Action, ChildTable, Declare, EntityType, Field, ListSpec, State, T

FINDINGS = ChildTable(
    "findings",
    T("Findings"),
    Finding,
    (
        Field("area", T("Area"), required=True, max_length=80),
        Field("severity", T("Severity"), "choice", choices=SEVERITIES, required=True),
        Field("words", T("What was found"), max_length=500),
    ),
)


def register(registry: Declare) -> None:
    """Audits and what can be done with them; the right to override the veto, and the reasons for it."""
    registry.permission(OVERRIDE, T("Issue orders to factories without a valid audit"), ("mgr",))
    registry.list(
        ListSpec(
            REASONS,
            T("Reasons for issuing without a valid audit"),
            (
                ("booked", "An audit is booked", "已排定稽核", "已排定稽核"),
                ("customer", "The customer agreed", "客戶同意", "客户同意"),
            ),
        )
    )
    registry.entity(
        EntityType(
            name="acme_compliance.audit",
            model=Audit,
            label=T("Factory audit"),
            plural=T("Factory audits"),
            key="number",
            title="auditor",
            series="acme_compliance.audit",
            pattern="AU-{YYYY}-{0000}",
            fields=(
                Field("number", T("Number"), readonly=True),
                Field(
                    "factory",
                    T("Factory"),
                    "ref",
                    ref="catalog.partner",
                    where={"is_factory": True},
                    required=True,
                ),
                Field(
                    "audited_on",
                    T("Audited on"),
                    "date",
                    required=True,
                    fact=True,
                    default=lambda ctx: ctx.today(),
                ),
                Field("auditor", T("Auditor"), max_length=200),
                Field("grade", T("Grade"), "choice", choices=GRADES),
                Field("valid_until", T("Valid until"), "date", readonly=True),
            ),
            children=(FINDINGS,),
            columns=("number", "factory", "audited_on", "grade", "valid_until"),
            filters=("factory", "grade"),
            search=("number", "auditor", "factory"),
            default_sort="-audited_on",
            states=(
                State("draft", T("Draft")),
                State("passed", T("Passed"), "good"),
                State("failed", T("Failed"), "bad"),
            ),
            edit_states=("draft",),
            edit_roles=ROLES,
            menu=("acme_compliance", 10),
        )
    )
    registry.action(
        Action(
            AUDIT,
            "conclude",
            T("Conclude"),
            audits.conclude,
            ("draft",),
            roles=ROLES,
            order=10,
            tone="primary",
        )
    )
