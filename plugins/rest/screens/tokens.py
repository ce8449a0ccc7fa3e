"""``/me/tokens/``: one's tokens, making one, ending one; everybody's for who may see them."""

from __future__ import annotations

from typing import Any

from flask import flash, request

from core.api import T
from core.web.api import FormPage, ctx, route
from core.web.base_api import Errors
from plugins.rest.services import tokens
from plugins.rest.words import EVERYBODY, RIGHT

HOME = "/me/tokens/"


class TokensPage(FormPage):
    """Tokens of the person, and of everybody where one may see these."""

    plugin = "rest"
    menu_place = ("me", 30)
    right = RIGHT
    label = T("Access tokens")

    @route("/", right=RIGHT, methods=("GET", "POST"), fresh=True)
    def index(self) -> Any:
        """The list, and the form of a new one; its secret is shown once."""
        secret: list[str] = []

        def work() -> str:
            given = self.posted(ctx(), tokens.FIELDS)
            _row, token = tokens.make_token(
                ctx(), given["name"], read_only=given["read_only"], expires_on=given["expires_on"],
                plugins=given["plugins"] or (), scopes=(given["scopes"] or "").split(),
            )  # fmt: skip
            secret.append(token)
            return HOME

        if request.method == "GET":
            return self._page({})
        reply = self.attempt(work, self._page)
        return self._page({}, secret[0]) if secret else reply

    def _page(self, errors: Errors, secret: str = "") -> str:
        context = ctx()
        again = bool(errors)
        start = {f.name: f.initial(context) for f in tokens.FIELDS}
        form = self.filled(context, tokens.FIELDS, start, again)
        names = {p.name: p.manifest.title for p in context.hub.plugins}
        return self.show(
            "rest/tokens.html", errors=errors, form=form, fields=tokens.FIELDS, secret=secret, names=names,
            tokens=tokens.list_tokens(context), everybody=context.can(EVERYBODY), today=context.today(),
        )  # fmt: skip

    @route("/<int:token_id>/revoke", right=RIGHT, methods=("GET", "POST"))
    def revoke(self, token_id: int) -> Any:
        """Ask, then end a token."""

        def work() -> str:
            row = tokens.revoke_token(ctx(), token_id)
            flash(str(T("“{name}” opens nothing any more.", name=row.name)))
            return HOME

        found = tokens.find_token(ctx(), token_id)
        return self.confirm(
            T("End “{name}”?", name=found.name),
            T("Programs that use it are refused at once. It cannot be taken back."),
            T("End"),
            HOME,
            work,
        )
