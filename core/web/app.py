"""The web application: builds Flask, Flask-Security and Flask-Admin over a loaded hub."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, current_app, g, request, url_for
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme
from flask_babel import Babel
from flask_wtf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from werkzeug.routing import IntegerConverter, ValidationError

from core.declare.declarations import EntityType
from core.declare.page_parts import FramePart
from core.declare.registry import OwnPage, Screen
from core.declare.speakers import Speakers
from core.errors import StartError
from core.kernel.blame import blaming
from core.kernel.hub import Hub
from core.text.i18n import LOCALE_NAMES, LOCALES, current_locale
from core.text.templates import translate_templates
from core.web import auth, start
from core.web.frame import errors, gate, health, metrics, nav, places, requests, resume, source
from core.web.frame.access import Access, AccessMap
from core.web.frame.collisions import Application
from core.web.frame.limits import Limits
from core.web.frame.places import Places
from core.web.frame.turns import Turns
from core.web.screens import exporting, render, table
from core.web.screens.screen import EntityView

STATIC = Path(__file__).parent / "static"
MIB = 1024 * 1024
UPLOAD_LIMIT = 21 * MIB


class RowId(IntegerConverter):
    """A number in an address; one that no database could hold is no address."""

    def to_python(self, value: str) -> int:
        """The number; no match beyond 64 bits."""
        if len(value) > 18:
            raise ValidationError
        return int(value)


def create_app(hub: Hub, *, testing: bool = False) -> Flask:
    """The WSGI application of a hub. Raises StartError where a route has no declared right."""
    app = Application("core.web", static_folder=str(STATIC), template_folder=str(STATIC.parent / "templates"))
    config = hub.config
    app.config.update(
        TESTING=testing,
        SECRET_KEY=config.secret_key(),
        SECRET_KEY_FALLBACKS=config.older_secret_keys(),
        SESSION_COOKIE_NAME="__Host-hub" if config.secure_cookies else "hub",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        TRUSTED_HOSTS=list(config.trusted_hosts) or None,
        MAX_CONTENT_LENGTH=4 * MIB,
        MAX_FORM_MEMORY_SIZE=4 * MIB,
        MAX_FORM_PARTS=20_000,
        HUB_TURNS=None if testing else Turns(config.threads),
        HUB_LIMITS=None if testing else Limits(config.limits),
        HUB_PLACES=None if testing else Places(config.limits),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=True,
        BABEL_DEFAULT_LOCALE="en",
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
    )
    app.url_map.converters["int"] = RowId
    app.extensions["hub"] = hub
    app.extensions["hub_access"] = access = AccessMap()
    requests.install(app, hub)
    _form_tokens(app, access)
    Babel(app, locale_selector=current_locale)
    _templates(app, hub)
    source.trust_proxies(app, config)
    gate.install(app, hub, access)
    auth.install(app, hub, access)
    errors.install(app)
    places.install(app)
    health.install(app, hub, access)
    metrics.install(app, hub, access)
    admin = Admin(
        app,
        name="OEM Hub",
        index_view=start.Start(name="Hub", endpoint="hub", url="/"),
        theme=Bootstrap4Theme(base_template="hub/admin_base.html"),
        csp_nonce_generator=lambda: g.csp_nonce,
    )
    access.declare("admin.static", Access(public=True))
    access.declare("hub.static", Access(public=True))
    access.declare("static", Access(public=True))
    _declare(access, admin.index_view, "core")
    app.extensions["hub_screens"] = screens = hub.declare_screens()
    for entity in hub.registry.entities.values():
        own = screens.classes.get(entity.name)
        view = _made(own, entity, hub) if own else EntityView(entity)
        others = [(s.plugin, _made(s, entity, hub)) for s in screens.classes.replacements(entity.name)]
        for name, other in others:
            view.let_stand_in(name, other)
        admin.add_view(view)
        # what an entity does not offer (creating, deleting) has no right, and so no address
        _declare(access, view, entity.plugin, hub.registry.permissions)
        for name, other in others:
            _declare(access, other, name, hub.registry.permissions, without=view.endpoints())
    for page in screens.pages.values():
        _unused(app, page, hub.speakers)
        admin.add_view(page.view)
        _declare(access, page.view, page.plugin)
    for plugin in hub.plugins:
        folder = Path(str(plugin.module.__file__)).parent / "static"
        if folder.is_dir():
            name = f"{plugin.name}_static"
            app.register_blueprint(
                Blueprint(
                    name, plugin.name, static_folder=str(folder), static_url_path=f"/assets/{plugin.name}"
                )
            )
            access.declare(f"{name}.static", Access(public=True))
    access.check(app, hub.registry.permissions)
    return app


def _form_tokens(app: Flask, access: AccessMap) -> None:
    """Each post brings its form's token, but for what programs call. Looking for it reads the body, so how large that may be
    is known before."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    csrf = CSRFProtect(app)

    @app.before_request
    def _checked() -> None:
        rule = access.get(request.endpoint)
        if rule and rule.upload and (rule.program or request.mimetype == "multipart/form-data"):
            request.max_content_length = UPLOAD_LIMIT
        if app.config["WTF_CSRF_ENABLED"] and request.endpoint and not (rule and rule.program):
            csrf.protect()


def _made(screen: Screen, entity: EntityType, hub: Hub) -> Any:
    with blaming(f"{hub.speakers.named(screen.plugin)}: its screen of '{entity.name}'", "cannot be made"):
        return screen.view_class(entity)


def _unused(app: Flask, page: OwnPage, speakers: Speakers) -> None:
    """A page of a plugin has a name and an address that no other page has; StartError otherwise."""
    view, who = page.view, speakers.named(page.plugin)
    if view.endpoint in app.blueprints:
        raise StartError(
            f"{who} declares page '{view.endpoint}', which is there already. Give it another endpoint, one that begins "
            f"with '{page.plugin}_'."
        )
    taken = {blueprint.url_prefix for blueprint in app.blueprints.values()}
    if view.url in taken:
        raise StartError(
            f"{who} declares page '{view.endpoint}' at {view.url}, where another page is. Give it another url."
        )


def _declare(
    access: AccessMap,
    view: Any,
    plugin: str,
    offered: Collection[str] | None = None,
    without: Collection[str] = (),
) -> None:
    for endpoint, right in view.endpoints().items():
        if endpoint in without:
            continue
        if right.closed or (offered is not None and right.permission and right.permission not in offered):
            access.declare(endpoint, Access(closed=True))
        else:
            declared = Access(
                right.public,
                right.permission,
                plugin,
                right.upload,
                False,
                right.program,
                right.fresh,
                right.limited,
            )
            access.declare(endpoint, declared)


def _templates(app: Flask, hub: Hub) -> None:
    own = app.jinja_loader
    folders = [FileSystemLoader(str(f)) for f in hub.template_folders().values() if f.is_dir()]
    app.jinja_loader = ChoiceLoader([*([own] if own else []), *folders])
    env = app.jinja_env
    env.add_extension("jinja2.ext.do")
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    translate_templates(env, {name: package for name, (package, _folder) in hub.packages.items()})
    env.globals.update(asset=asset, locales=LOCALES, locale_names=LOCALE_NAMES)
    render.install(env)
    env.globals.update(table_body=table.body, column_class=table.css, exports_of=exporting.exports_of)
    env.globals.update(frame_parts=_frame_parts)

    @app.context_processor
    def _values() -> dict[str, Any]:
        ctx = g.get("ctx")
        groups = nav.menu(ctx) if ctx else []
        return {
            "ctx": ctx,
            "csp_nonce": g.get("csp_nonce", ""),
            "nav": [group for group in groups if group.code != nav.OWN],
            "favourites": nav.favourites(ctx, groups) if ctx else [],
            "own_pages": [item for group in groups if group.code == nav.OWN for item in group.items],
            "locale": current_locale(),
            "new_key": resume.new_key,
        }


def _frame_parts(place: str = "", entity: EntityType | None = None) -> list[FramePart]:
    """Parts of the frame at ``place`` (all of them without one), of plugins that are on, in order; of parts of lists those that
    are there for ``entity``."""
    parts = current_app.extensions["hub_screens"].frame_parts.all_standing(g.ctx.enabled)
    here = (p for p in parts if place in ("", p.place))
    asked = (p for p in here if entity is None or p.when is None or p.when(g.ctx, entity))
    return sorted(asked, key=lambda part: part.order)


@cache
def _digest(path: Path, stamp: float) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def asset(filename: str, plugin: str = "") -> str:
    """Address of a static file of core, or of ``plugin``, with its content's hash, so that browsers may keep it for a
    year."""
    folder = current_app.blueprints[f"{plugin}_static"].static_folder if plugin else STATIC
    path = Path(str(folder)) / filename
    endpoint = f"{plugin}_static.static" if plugin else "static"
    return url_for(endpoint, filename=filename, v=_digest(path, path.stat().st_mtime))
