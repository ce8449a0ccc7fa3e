"""The Hub page, the search over all documents, the lookup behind reference inputs, and the person's own choices."""

from __future__ import annotations

from typing import Any

from flask import g, jsonify, redirect, render_template, request, session
from flask_admin import AdminIndexView
from flask_login import current_user
from sqlalchemy import or_, select

from core.context import Ctx
from core.declarations import EntityType
from core.errors import Refused
from core.i18n import LOCALES, T
from core.models import User
from core.page_parts import NavItem, SearchHit
from core.records import AuditEntry
from core.web.nav import entity_url
from core.web.page import Page, ctx, local, route
from core.web.render import named

HITS = 8


class HubHome(Page, AdminIndexView):
    """What a person sees first, and what is reachable from every page."""

    @route("/", right="")
    def index(self) -> str:
        """Tiles and alerts, then a tab for each plugin that has something to show, then what changed last."""
        context = ctx()
        tiles = list(context.hooks.isolated("dashboard_tiles"))
        alerts = list(context.hooks.isolated("alerts"))
        panels = sorted(
            context.hooks.isolated("dashboard_panels"), key=lambda pair: getattr(pair[1], "order", 99)
        )
        placed = {getattr(panel, "place", "main") for _plugin, panel in panels}
        tabs = [
            NavItem(plugin.manifest.title, f"/?tab={plugin.name}", plugin.name)
            for plugin in reversed(context.hub.plugins)
            if f"tab:{plugin.name}" in placed
        ]
        asked = request.args.get("tab", "")
        current = next((t.category for t in tabs if t.category == asked), tabs[0].category if tabs else "")
        return render_template(
            "hub/home.html",
            tiles=sorted((t for _p, t in tiles if not isinstance(t, Exception)), key=lambda t: t.order),
            alerts=sorted((a for _p, a in alerts if not isinstance(a, Exception)), key=lambda a: a.order),
            failed=sorted({p for p, v in (*tiles, *alerts) if isinstance(v, Exception)}),
            over=[pair for pair in panels if not getattr(pair[1], "place", "").startswith("tab:")],
            inside=[pair for pair in panels if getattr(pair[1], "place", "") == f"tab:{current}"],
            tabs=[{"code": t.category, "label": t.label} for t in tabs],
            current=current,
            recent=recent(context),
        )

    @route("/search", right="")
    def search(self) -> Any:
        """All documents by number, customer PO, style, partner. JSON for the search box, else a page."""
        text = request.args.get("q", "").strip()[:100]
        hits = find(ctx(), text) if text else []
        if request.args.get("json"):
            return jsonify([{"label": h.label, "title": h.title, "href": h.href,
                             "entity": str(ctx().registry.get(h.entity).label)} for h in hits])  # fmt: skip
        return render_template("hub/search.html", text=text, hits=hits)

    @route("/lookup/<kind>", right="")
    def lookup(self, kind: str) -> Any:
        """Rows for a reference input: code and name of at most 20 that fit what was typed."""
        context = ctx()
        entity = context.registry.get(kind)
        context.require(f"{kind}.view")
        text = request.args.get("q", "").strip()[:60]
        limits = {k[2:]: v for k, v in request.args.items() if k.startswith("w_")}
        statement = select(entity.model).order_by(getattr(entity.model, entity.key)).limit(20)
        for attribute, value in limits.items():
            if attribute not in {f.attr for f in entity.fields}:
                raise Refused(T("There is no filter {name}.", name=attribute))
            column = getattr(entity.model, attribute)
            statement = statement.where(column.is_(True) if value == "True" else column == value)
        if text:
            statement = statement.where(_matches(entity, text))
        if hasattr(entity.model, "active"):
            statement = statement.where(entity.model.active)
        rows = context.session.scalars(statement)
        return jsonify([{"code": str(getattr(r, entity.key)), "name": named(r)} for r in rows])

    @route("/locale", right="", methods=("POST",))
    def set_locale(self) -> Any:
        """Switch the language; kept for the person."""
        chosen = request.form.get("locale", "")
        if chosen in LOCALES:
            _keep(locale=chosen)
        response = redirect(local(request.form.get("back"), "/"))
        if chosen in LOCALES:
            response.set_cookie("hub_locale", chosen, max_age=31536000, samesite="Lax", httponly=True)
        return response

    @route("/theme", right="", methods=("POST",))
    def set_theme(self) -> Any:
        """Light, dark or as the system; kept for the person."""
        chosen = request.form.get("theme", "")
        if chosen in ("auto", "light", "dark"):
            _keep(theme=chosen)
        return redirect(local(request.form.get("back"), "/"))

    @route("/tenant", right="", methods=("POST",))
    def set_tenant(self) -> Any:
        """Work for another company, one the person belongs to."""
        wanted = request.form.get("tenant", "")
        chosen = next((t for t in g.tenants if str(t.id) == wanted), None)
        if chosen is not None:
            session["tenant_id"] = chosen.id
            _keep(last_tenant_id=chosen.id)
        return redirect("/")


def _keep(**values: Any) -> None:
    hub = ctx().hub
    ctx().session.rollback()  # one writer at a time on the embedded engine
    with hub.platform() as db:
        user = db.get(User, current_user.id)
        for name, value in values.items():
            setattr(user, name, value)


def _matches(entity: EntityType, text: str) -> Any:
    key = getattr(entity.model, entity.key)
    tests = [key.icontains(text, autoescape=True)]
    tests += [
        getattr(entity.model, a).icontains(text, autoescape=True) for a in entity.search if a != entity.key
    ]
    return or_(*tests)


def recent(context: Ctx, limit: int = 8) -> list[tuple[AuditEntry, EntityType, str]]:
    """The documents that changed last, newest first, each once, of those the person may see."""
    found: dict[tuple[str, int], tuple[AuditEntry, EntityType, str]] = {}
    for entry in context.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(60)):
        entity = context.registry.entities.get(entry.entity)
        key = (entry.entity, entry.entity_id)
        if (
            entity is None
            or entity.plugin == "core"
            or key in found
            or not context.can(f"{entity.name}.view")
        ):
            continue
        if entry.action == "delete":
            continue
        found[key] = (entry, entity, entity_url(entity.name, entry.entity_id))
        if len(found) == limit:
            break
    return list(found.values())


def find(context: Ctx, text: str) -> list[SearchHit]:
    """Documents that fit ``text``, from each entity the person may see, then from the plugins' own search."""
    hits: list[SearchHit] = []
    for entity in context.registry.entities.values():
        if not entity.search or entity.plugin == "core" or not context.can(f"{entity.name}.view"):
            continue
        rows = context.session.scalars(
            select(entity.model).where(_matches(entity, text)).order_by(entity.model.id.desc()).limit(HITS)
        )
        for row in rows:
            title = " · ".join(str(getattr(row, a) or "") for a in entity.search if a != entity.key)
            hits.append(
                SearchHit(entity.name, str(getattr(row, entity.key)), named(row) or title.strip(" ·"),
                          entity_url(entity.name, row.id))
            )  # fmt: skip
    for _plugin, hit in context.hooks.isolated("search", query=text, limit=HITS):
        if isinstance(hit, SearchHit):
            hits.append(hit)
    return hits
