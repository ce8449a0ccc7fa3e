"""The Hub page, the search over all documents, the lookup behind reference inputs, and the person's own choices."""

from __future__ import annotations

from typing import Any

from flask import g, jsonify, redirect, render_template, request, session
from flask_admin import AdminIndexView
from flask_login import current_user
from sqlalchemy import or_, select

from core import search
from core.data.models import User
from core.entities import matching, query
from core.errors import Refused
from core.text.i18n import LOCALES, T
from core.web import overview
from core.web.screens.page import Page, ctx, local, route
from core.web.screens.render import ICONS, chip, named

TONES = {"bad": T("urgent"), "warn": T("soon")}
"""What an alert's colour says, in words."""
BOX = 5
"""Hits of a kind in the search box."""


class HubHome(Page, AdminIndexView):
    """What a person sees first, and what is reachable from every page."""

    @route("/", right="")
    def index(self) -> str:
        """Figures and what needs attention; what waits for this person; how far orders are; then a tab for each plugin
        that has something to show, and what changed last."""
        context = ctx()
        shown = overview.read(context, request.args.get("tab", ""))
        return render_template(
            "hub/home.html",
            hub=shown,
            recent=overview.recent(context),
            rows_of=lambda part: query.rows(context, part.table.entity, part.page),
            icons=ICONS,
            tones=TONES,
        )

    @route("/search", right="")
    def search(self) -> Any:
        """All documents by number, customer PO, style, partner. JSON for the search box, else a page."""
        text = request.args.get("q", "").strip()[:100]
        if not request.args.get("json"):
            return render_template("hub/search.html", text=text, groups=search.find(ctx(), text),
                                   scanned=search.SCANNED)  # fmt: skip
        return jsonify(
            [
                {
                    "kind": str(group.entity.plural),
                    "hits": [
                        {"label": f.hit.label, "title": f.hit.title, "href": f.hit.href, "partner": f.partner,
                         "state": chip(group.entity, f.state) if f.state else ""}
                        for f in group.hits
                    ],
                }
                for group in search.find(ctx(), text, BOX)
            ]
        )  # fmt: skip

    @route("/lookup/<kind>", right="")
    def lookup(self, kind: str) -> Any:
        """Rows for a reference input: code and name of at most 20 that fit what was typed."""
        context = ctx()
        entity = context.registry.get(kind)
        context.require(f"{kind}.view")
        text = request.args.get("q", "").strip()[:60]
        limits = {k[2:]: v for k, v in request.args.items() if k.startswith("w_")}
        statement = context.scope.narrow(entity, select(entity.model))
        statement = statement.order_by(getattr(entity.model, entity.key)).limit(20)
        for attribute, value in limits.items():
            if attribute not in {f.attr for f in entity.fields}:
                raise Refused(T("There is no filter {name}.", name=attribute))
            column = getattr(entity.model, attribute)
            statement = statement.where(column.is_(True) if value == "True" else column == value)
        if text:
            key = getattr(entity.model, entity.key)
            fits = or_(key.icontains(text, autoescape=True), *matching.inside(entity, text))
            statement = statement.where(fits)
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
