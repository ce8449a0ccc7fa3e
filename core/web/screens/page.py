"""Pages: Flask-Admin views whose every route declares the right it needs, and the once-only handling of posts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import urlsplit

from flask import abort, current_app, flash, g, redirect, request
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from core.declare.fields import Field
from core.declare.sheet import Sheet
from core.entities.forms import HubForm, build_form, cleaned_values, form_problems
from core.errors import Problem, Refused, Stale, StartError
from core.kernel.context import Ctx
from core.kernel.hub import Hub
from core.remote.once import claim_key, keep_answer
from core.text.i18n import T
from core.values import parse_id
from core.web.frame import confirm
from core.web.frame.collisions import refusal
from core.web.screens.exporting import send_sheet
from core.web.screens.formdata import by_input


@dataclass(frozen=True)
class Right:
    """What a route needs: a permission ("" = any member of the tenant); ``upload`` allows a large body, ``public`` lets in
    people who have not signed in, ``program`` other programs, which send no form token, ``closed`` nobody: there is no such
    page; ``fresh`` asks before a post who it is, where that was not shown lately; ``limited`` is what it counts as."""

    permission: str = ""
    upload: bool = False
    public: bool = False
    closed: bool = False
    program: bool = False
    fresh: bool = False
    limited: str = ""


def route(
    path: str,
    *,
    right: str | None = None,
    methods: tuple[str, ...] = ("GET",),
    upload: bool = False,
    public: bool = False,
    program: bool = False,
    fresh: bool = False,
    limited: str = "",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Expose a method under ``path``. ``right`` is a full permission, a short one (``view``, ``edit``: of the page's
    entity), or "" for any member; a ``public`` route, for people who have not signed in, names none.

    Nor does a ``program`` route: it is called by other programs, no cookie counts there and no form token is asked for, and
    the method itself says who calls (from the ``Authorization`` header). ``fresh``: a post is carried out only where the person
    has typed password or code within the last fifteen minutes; else a page asks for it first. ``limited``: what it counts as
    (``exports``, ``pdfs``, ``searches``) where a person may ask for so many in a minute (:mod:`core.web.frame.limits`).
    """
    if (right is None) != (public or program):
        raise TypeError(f"route {path!r} names a right, or is public or for programs")

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        rights = Right(right or "", upload, public or program, False, program, fresh, limited)
        function._right = rights  # type: ignore[attr-defined]
        return cast(Callable[..., Any], expose(path, methods=methods)(function))

    return wrap


class Page(BaseView):
    """A Flask-Admin view in the hub's frame. Routes are declared with :func:`route`, never with ``expose`` alone."""

    plugin = "core"
    prefix = ""
    _stand_ins: tuple[tuple[str, Page], ...] = ()

    def let_stand_in(self, plugin: str, other: Page) -> None:
        """Where ``plugin`` is on, ``other`` answers what is asked of this page, and what only it has a route for.

        Rights stay as this page declares them: StartError where ``other`` has the same route at another address or with
        another right.
        """
        mine = {name: (path, self._right_of(name)) for path, name, _methods in self._urls}
        for path, name, _methods in other._urls:
            if name in mine and mine[name] != (path, other._right_of(name)):
                raise StartError(
                    f"plugin '{plugin}' replaces a screen of '{self.prefix}' and gives its route '{name}' another address or "
                    "another right. Give the route the same ones, or another name."
                )
        self._stand_ins = (*self._stand_ins, (plugin, other))

    def create_blueprint(self, admin: Any) -> Any:
        """Flask-Admin's, with the routes that only stand-ins have."""
        blueprint = super().create_blueprint(admin)
        known = {name for _path, name, _methods in self._urls}
        for _plugin, other in self._stand_ins:
            for path, name, methods in other._urls:
                if name not in known:
                    blueprint.add_url_rule(path, name, getattr(other, name), methods=methods)
                    known.add(name)
        return blueprint

    def _run_view(self, fn: Callable[..., Any], *args: Any, **values: Any) -> Any:
        # Flask-Admin's own would call a view a second time, in another way, after a TypeError inside it
        for plugin, other in reversed(self._stand_ins):
            if plugin in ctx().enabled and hasattr(other, fn.__name__):
                return getattr(other, fn.__name__)(*args, **values)
        return fn(self, *args, **values)

    def endpoints(self) -> dict[str, Right]:
        """Declared right of each endpoint of this page."""
        found = {}
        for _path, name, _methods in self._urls:
            declared = self._right_of(name)
            if declared is not None:
                found[f"{self.endpoint}.{name}"] = declared
        return found

    def _right_of(self, name: str) -> Right | None:
        declared = getattr(getattr(type(self), name), "_right", None)
        return replace(declared, permission=self._full(declared.permission)) if declared is not None else None

    def _full(self, right: str) -> str:
        return right if not right or "." in right else f"{self.prefix}.{right}"

    def attempt(self, work: Callable[[], str], again: Callable[[dict[str, list[str]]], str]) -> Any:
        """Carry out a post once; where it is refused, nothing is saved and ``again`` shows the page with the messages."""
        return attempt(work, again)

    def posted(self, ctx: Ctx, fields: Sequence[Field], prefix: str = "") -> dict[str, Any]:
        """The posted values of ``fields``, checked; Refused with a message at each wrong input."""
        form = build_form(ctx, fields, request.form, prefix=prefix)
        if not form.validate():
            raise Refused([Problem(p.message, p.field) for p in form_problems(form)])
        return cleaned_values(form, fields)

    def filled(
        self, ctx: Ctx, fields: Sequence[Field], values: Mapping[str, Any], again: bool, prefix: str = ""
    ) -> HubForm:
        """A form to show: with what was typed (``again``), or with stored values."""
        form = build_form(ctx, fields, request.form if again else None, None if again else values, prefix)
        if again:
            form.validate()
        return form

    def send_table(self, kind: str, sheet: Sheet, name: str) -> Response:
        """A table that this page computed (``kit.exports.tables``) as a file; 404 for a ``kind`` that nobody writes."""
        return send_sheet(ctx(), kind, sheet, name)

    @route("/", right="")
    def index(self) -> Any:
        """Flask-Admin wants a page at the root of each view; where there is none, there is nothing."""
        abort(404)

    def _handle_view(self, view_name: str, /, **values: Any) -> Any:
        # positional only: Flask-Admin's own would collide with a part of an address that is called "name"
        declared = self._right_of(view_name)
        public = declared is not None and declared.public
        return None if public or self.is_accessible() else self.inaccessible_callback(view_name, **values)

    def is_accessible(self) -> bool:
        """The gate has decided already."""
        return g.get("ctx") is not None


def ctx() -> Ctx:
    """The context of this request."""
    found = g.get("ctx")
    if found is None:
        abort(403)
    return cast(Ctx, found)


def seen_version() -> int:
    """The version of the row that the posted form was filled from; 0, which is always stale, where it does not say."""
    return parse_id(request.form.get("_version")) or 0


def hub() -> Hub:
    """The hub of this web application, where nobody has signed in."""
    return cast(Hub, current_app.extensions["hub"])


def submit_once(work: Callable[[], str]) -> Response:
    """Carry out a form post exactly once and go where ``work`` says.

    The form's hidden ``_key`` names the attempt: the same form sent again is answered with the first answer; the key
    with another content is refused. Commits at the end; an exception leaves nothing behind. A collision with another
    transaction begins the whole request anew (:mod:`core.web.frame.collisions`); too many of them are Refused.
    """
    context = ctx()
    if said := refusal():
        raise Refused(said)
    key = request.form.get("_key", "")
    if not 8 <= len(key) <= 64:
        raise Refused(T("This form is incomplete. Reload the page and try again."))
    fingerprint = _fingerprint()
    first = claim_key(context, key, fingerprint)
    if first is not None:
        return redirect(first)
    target = work()
    keep_answer(context, key, target)
    context.session.commit()
    for warning in context.warnings:
        flash(str(warning), "warn")
    return redirect(target)


def _fingerprint() -> str:
    digest = hashlib.sha256(request.path.encode())
    for name, value in sorted(request.form.items(multi=True)):
        if name not in confirm.OWN:
            digest.update(f"\0{name}\1{value}".encode())
    for name, upload in sorted(request.files.items(multi=True), key=lambda pair: pair[0]):
        content = upload.stream.read()
        upload.stream.seek(0)
        digest.update(f"\0{name}\1{upload.filename}\2".encode() + hashlib.sha256(content).digest())
    return digest.hexdigest()


def undo() -> None:
    """After a refusal: forget everything of this request, so that the page shows what is stored."""
    context = ctx()
    context.session.rollback()
    context.memo.clear()
    context.scope.show()


def attempt(work: Callable[[], str], again: Callable[[dict[str, list[str]]], str]) -> Any:
    """Carry out a post once; where it is refused, nothing is saved and ``again`` shows the page with the messages."""
    try:
        return submit_once(work)
    except Stale as stale:
        undo()
        return again({"": [str(stale)]}), 409
    except Refused as refused:
        undo()
        return again(by_input(refused.problems)), 422


def local(target: str | None, fallback: str) -> str:
    """``target`` where it is an address of this site, else ``fallback`` (no open redirects)."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return fallback
    if re.search(r"[\x00-\x1f\x7f]", target):  # no header holds them, some browsers skip them
        return fallback
    try:
        return fallback if urlsplit(target).netloc else target
    except ValueError:
        return fallback
