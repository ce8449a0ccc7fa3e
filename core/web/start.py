"""What is reachable from every page: the start page, the lookup behind reference inputs, and the person's own choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import abort, g, jsonify, redirect, render_template, request, session
from flask_admin import AdminIndexView
from flask_login import current_user
from sqlalchemy import ColumnElement, String, cast, or_, select

from core.data.models import User
from core.declare.declarations import EntityType
from core.entities import matching
from core.errors import Refused
from core.kernel.context import Ctx
from core.text.i18n import LOCALES, T
from core.values import parse_id
from core.web.frame.collisions import LOCK_WAIT
from core.web.frame.nav import toggle_favourite
from core.web.screens.page import Page, ctx, local, route
from core.web.screens.render import named

LIMITS = ("bool", "ref", "choice", "text")
"""Kinds of fields that rows offered for a reference may be limited by (``Field.where``)."""
MOST = 20
"""Rows offered for a reference."""


class Start(Page, AdminIndexView):
    """The first page a person sees is a plugin's; the rest belongs to the frame."""

    @route("/", right="")
    def index(self) -> str:
        """The page that a plugin gives through the hook ``start_page``; where none does, the menu alone."""
        page: str | None = ctx().hooks.start_page()
        return page if page is not None else render_template("hub/start.html")

    @route("/lookup/<kinds>", right="", limited="searches")
    def lookup(self, kinds: str) -> Any:
        """Rows for a reference input: code and name of at most 20 that fit what was typed, of one kind or of several (with
        commas between), the first ones first."""
        context = ctx()
        text = request.args.get("q", "").strip()[:60]
        limits = {k[2:]: v for k, v in request.args.items() if k.startswith("w_")}
        found: list[Any] = []
        for kind in kinds.split(","):
            entity = context.registry.get(kind)
            if not context.is_on(entity.plugin):
                abort(404)
            context.require(f"{kind}.view")
            found += [
                (str(getattr(r, entity.key)), named(r)) for r in _fitting(context, entity, text, limits)
            ]
        return jsonify([{"code": code, "name": name} for code, name in found[:MOST]])

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

    @route("/menu", right="", methods=("POST",))
    def keep_entry(self) -> Any:
        """Keep an entry of the menu at its top, or no longer."""
        toggle_favourite(g.ctx, request.form.get("entry", "")[:400])
        g.ctx.session.commit()
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


def _fitting(context: Ctx, entity: EntityType, text: str, limits: Mapping[str, str]) -> Iterable[Any]:
    """The rows of one kind that fit."""
    statement = context.scope.narrow(entity, select(entity.model))
    statement = statement.order_by(getattr(entity.model, entity.key)).limit(MOST)
    for attribute, value in limits.items():
        statement = statement.where(_limited(entity, attribute, value))
    if text:
        key = cast(getattr(entity.model, entity.key), String)
        fits = or_(key.icontains(text, autoescape=True), *matching.inside(entity, text))
        statement = statement.where(fits)
    if hasattr(entity.model, "active"):
        statement = statement.where(entity.model.active)
    return context.session.scalars(statement)


def _limited(entity: EntityType, attribute: str, value: str) -> ColumnElement[bool]:
    """Rows whose ``attribute`` is ``value``, as the page writes it in an address; Refused for what limits nothing here."""
    spec = next((f for f in entity.fields if f.attr == attribute), None)
    column = entity.model.__mapper__.columns.get(attribute)
    if spec is None or column is None or spec.kind not in LIMITS:
        raise Refused(T("There is no filter {name}.", name=attribute[:60]))
    if spec.kind == "bool":
        return column.is_(value == "True")
    if spec.kind == "ref":
        return column == (parse_id(value) or 0)
    return column == value


def _keep(**values: Any) -> None:
    hub = ctx().hub
    ctx().session.rollback()  # one writer at a time on the embedded engine
    with hub.platform(wait=LOCK_WAIT) as db:
        user = db.get(User, current_user.id)
        for name, value in values.items():
            setattr(user, name, value)
