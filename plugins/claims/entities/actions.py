"""What may be done to a claim. Every action writes to the claim alone."""

from __future__ import annotations

from core.api import Action, Declare, Field, T
from kit.papers import cancel_action
from plugins.claims.entities.claims import NAME, OPENERS
from plugins.claims.services import follow_ups, lifecycle
from plugins.claims.words import LIVE, PARTIES, REMEDIES

ACTIONS = (
    Action(
        NAME, "resolve", T("Resolve"), lifecycle.resolve, ("open",), "resolved", roles=("qc", "mgr"), tone="primary", order=10,
        fields=(
            Field("resolution", T("Resolution"), "long", required=True, wide=True, max_length=4000),
            Field("remedy", T("Agreed remedy"), "choice", choices=REMEDIES),
            Field("responsible", T("Responsible"), "choice", choices=PARTIES),
            Field("resolved_on", T("Resolved on"), "date", fact=True, default=lambda ctx: ctx.today()),
        ),
    ),
    Action(
        NAME, "close", T("Close"), lifecycle.close, ("resolved",), "closed", roles=("mgr",), tone="primary", order=15,
        confirm=T("Close the claim? Its pictures and links stay as they are then."),
        visible=lambda ctx, row: lifecycle.may_close(row),
    ),
    Action(
        NAME, "link", T("Link a document"), follow_ups.link, LIVE, roles=OPENERS, order=20, button=False,
        fields=(
            Field("number", T("Number of the document"), required=True, max_length=40,
                  help=T("A receipt, return, goods-in, issue or debit note that was made because of this claim.")),
        ),
    ),
    Action(
        NAME, "unlink", T("Take a link off"), follow_ups.unlink, LIVE, roles=OPENERS, button=False,
        fields=(Field("follow_up", T("Link"), "int", required=True),),
    ),
    Action(
        NAME, "waive", T("No document follows"), lifecycle.waive, LIVE, roles=("qc", "mgr"), reason=True, order=30,
        visible=lambda ctx, row: not lifecycle.may_close(row),
    ),
    Action(
        NAME, "reopen", T("Reopen"), lifecycle.reopen, ("resolved", "closed"), "open", roles=("mgr",), reason=True, order=40,
    ),
    cancel_action(NAME, ("open",), title=T("Cancel"), run=lifecycle.cancel, roles=("qc", "mgr"), order=50),
)  # fmt: skip


def register(registry: Declare) -> None:
    """Make them known."""
    for action in ACTIONS:
        registry.action(action)
