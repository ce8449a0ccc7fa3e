"""Every extension point of the platform. A plugin implements them as functions marked ``@hookimpl`` in its plugin.py.

*Setup hooks* (``register_*``, ``extend_*``) run once at start, in dependency order, without a tenant.
*Tenant hooks* take ``ctx`` first and are called only on plugins that are on for that tenant, through ``ctx.hooks``.
A plugin may add hooks of its own with :func:`register_hookspecs`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    import click
    from sqlalchemy import ColumnElement

    from core.declare import page_parts
    from core.declare.changes import SaveChange
    from core.declare.handle import Declare
    from core.declare.kinds import DocumentKind
    from core.declare.page_parts import (
        Activity,
        Alert,
        Block,
        DocumentBlock,
        NavItem,
        Panel,
        SearchHit,
        Task,
        Tile,
    )
    from core.entities.audit import Change
    from core.errors import Problem
    from core.kernel.context import Ctx
    from core.kernel.hub import Hub
    from core.ledger.values import Item, Move, Named, Place

PROJECT = "oem_hub"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


# --- setup -----------------------------------------------------------------------------------------------------------


@hookspec
def register_hookspecs(registry: Declare) -> Any:
    """Return a module (or class) of further hook specifications that other plugins may implement."""


@hookspec
def register(registry: Declare) -> None:
    """Declare entities, actions, permissions, lists, number series, documents, jobs and commands on ``registry``."""


@hookspec
def register_screens(registry: Declare) -> None:
    """Declare screens (``registry.screen(...)``). Runs only where there is a web application, after ``register``."""


@hookspec
def register_commands(group: click.Group) -> None:
    """Add commands to ``hub``: ``group.add_command(...)``. Asked when a command is not one of core's, before the hub is
    made; what commands import is core.cli.api."""


@hookspec
def hub_started(hub: Hub) -> None:
    """The hub begins to serve people from this process (not for a single command): start what must be there ahead of need.

    Nobody waits for what takes long: do it in a thread.
    """


@hookspec
def deployment_faults(hub: Hub) -> Sequence[str] | None:
    """Why this hub should not be put before people, a sentence with the remedy for each fault; asked by
    ``hub check --deploy``."""


# --- events: run in the transaction, an exception rolls everything back -------------------------------------------------


@hookspec
def before_save(ctx: Ctx, entity: str, row: Any, change: SaveChange) -> Sequence[Problem] | None:
    """Veto a save: return Problems, each at the field it is about (``lines-3-qty`` for a cell). Asked for every row that is
    created, edited or deleted, by whatever way, before anything of it is in the database; ``row`` has its new values."""


@hookspec
def after_save(ctx: Ctx, entity: str, row: Any, change: SaveChange) -> None:
    """React to a row that was created, edited or deleted, where something differs; part of the same transaction."""


@hookspec
def before_transition(
    ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]
) -> Sequence[Block] | None:
    """Veto an action: return Blocks, each with a reason a person understands and, where it may be overridden, a permission."""


@hookspec
def after_transition(
    ctx: Ctx,
    entity: str,
    row: Any,
    action: str,
    data: Mapping[str, Any],
    from_state: str | None,
    changes: Sequence[Change],
) -> None:
    """React to an action that has been carried out; part of the same transaction. ``from_state`` is the state the row was in
    before, ``changes`` what the trail says of it: (what, old, new)."""


@hookspec
def after_override(
    ctx: Ctx, entity: str, row: Any, action: str, block: Block, code: str, reason: str
) -> None:
    """An action went on in spite of ``block`` (one call for each): keep what the plugin that raised it wants to keep.

    ``code`` is the chosen reason where the block named a list of reasons, ``reason`` the words. Same transaction.
    """


@hookspec
def milestones(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Mapping[str, date]] | None:
    """When events in the life of these documents happened: document id → event code → business day.

    Codes are declared with ``registry.event``. An event that has not happened, or was taken back, is left out. A fixed
    number of queries however many documents.
    """


@hookspec
def milestones_changed(ctx: Ctx, entity: str, ids: Sequence[int]) -> None:
    """What :func:`milestones` would say of these documents may be different now; same transaction as the change."""


@hookspec
def after_post(ctx: Ctx, moves: Sequence[Move], entity: str, entity_id: int) -> None:
    """React to a posting; part of the same transaction. A reversal comes as moves with the places exchanged."""


@hookspec
def stock_names(ctx: Ctx, items: Sequence[Item], places: Sequence[Place]) -> Sequence[Named] | None:
    """What people call these items (with their stock unit) and places; each plugin names those it knows. Isolated: where it
    fails, they are called by their kind and number."""


@hookspec
def plugins_enabled(ctx: Ctx, plugins: Sequence[str]) -> None:
    """These plugins were switched on for this tenant, all of them in one step; make the rows that yours cannot live without.
    Called on every plugin that is on then, the new ones included, and again each time one is switched on."""


@hookspec
def plugin_upgraded(ctx: Ctx, since: str, version: str) -> bool | None:
    """Your plugin is of another ``version`` than the data of this tenant was made by: bring it on from ``since`` ("" where that
    was not kept yet). Called on yours alone, after the migrations, once for each tenant where it is on; where it is off, when
    it is switched on again. Work on many rows with one statement; where that is too much at once, do a part and return True:
    it is kept, and you are called again. An exception takes this step back; the next upgrade goes on there.
    """


@hookspec
def plugin_disabled(ctx: Ctx, plugin: str) -> None:
    """A plugin was switched off for this tenant. Data stays."""


@hookspec
def settings_changed(ctx: Ctx, plugin: str) -> None:
    """An administrator changed settings of ``plugin``; same transaction. What was computed from them is computed anew."""


@hookspec
def data_faults(ctx: Ctx) -> Sequence[str] | None:
    """What is wrong with your data of this tenant, a sentence for each fault: files that rows name and that are gone, sums that
    do not add up. Asked after a backup was restored, not in anybody's click; the books are proven by core."""


# --- rights ------------------------------------------------------------------------------------------------------------


@hookspec
def restrict(ctx: Ctx, entity: str) -> ColumnElement[bool] | None:
    """Which rows of ``entity`` this person may see, as a condition on its model; None: all. Conditions of several plugins hold
    together. Asked once per entity and context, never for the system. A row that is not seen is as if it did not exist.

    Limit the kinds that tell of a hidden document as well (its payments, its timeline), or give no right to see them; and let
    be seen what a row that is seen refers to.
    Subqueries name the tenant themselves: ``Model.tenant_id == ctx.session.tenant_id``.
    """


# --- display: isolated, a failing plugin is named in the log and the page lives -----------------------------------------


@hookspec(firstresult=True)
def start_page(ctx: Ctx) -> str | None:
    """The page at ``/``, as HTML. The first plugin that gives one has it; one that fails is an error like any page's."""


@hookspec(firstresult=True)
def print_document(ctx: Ctx, kind: DocumentKind, row: Any, language: str) -> bytes | None:
    """The row as PDF in this language. The first plugin that makes one has it; right and language have been checked."""


@hookspec
def document_blocks(ctx: Ctx, kind: DocumentKind, row: Any) -> Sequence[DocumentBlock] | None:
    """Parts of a printed document of another plugin, before its signatures. Asked while it is a draft, and when it is issued or
    revised: what is said then is kept and printed from then on."""


@hookspec(firstresult=True)
def printed_blocks(
    ctx: Ctx, kind: DocumentKind, row: Any
) -> Sequence[tuple[str, DocumentBlock | Exception]] | None:
    """(plugin, part) of what is printed on this row beside the template of ``kind``: of an issued document what was kept."""


@hookspec
def dashboard_tiles(ctx: Ctx) -> Sequence[Tile] | None:
    """Figures for the Hub page, each with the list it opens."""


@hookspec
def dashboard_panels(ctx: Ctx) -> Sequence[Panel] | None:
    """Larger parts of the Hub page, placed in one of its tabs (``Panel.place``)."""


@hookspec
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel] | None:
    """Parts for the page of one document."""


@hookspec
def activity(ctx: Ctx, entity: str, row: Any) -> Sequence[Activity] | None:
    """What people wrote about a document, for its stream of activity; core adds what the audit trail knows."""


@hookspec
def nav_items(ctx: Ctx) -> Sequence[NavItem] | None:
    """Extra entries of the menu, besides the screens that declare their own place."""


@hookspec
def alerts(ctx: Ctx) -> Sequence[Alert] | None:
    """What needs somebody's attention now."""


@hookspec
def outgoing_counts(ctx: Ctx) -> Sequence[tuple[str, str, int]] | None:
    """Messages that leave the house, as (way, state, how many), for the figures at ``/metrics``: ("mail", "failed", 3)."""


@hookspec
def tasks(ctx: Ctx) -> Sequence[Task] | None:
    """What waits for this person, by rights and roles: the Hub page's "waiting for me". At most a screenful, worst first."""


@hookspec
def first_steps(ctx: Ctx) -> Sequence[page_parts.FirstStep] | None:
    """What a new company does first, for its administrators; a query or two, asked until all is done or they are put away."""


@hookspec
def search(ctx: Ctx, query: str, limit: int) -> Sequence[SearchHit] | None:
    """Hits beyond what core finds by the search fields of each entity."""
