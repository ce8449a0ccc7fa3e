"""Rules of signing in, for the administrator."""

from __future__ import annotations

from typing import Any

from flask import flash, request

from core.api import T
from core.web.api import FormPage, ctx, route
from core.web.base_api import Errors
from plugins.base_people.services import people, rules


class RulesPage(FormPage):
    """How long nobody may be there, and whose role needs a second factor."""

    plugin = "base_people"
    menu_place = ("admin", 31)
    right = rules.RIGHT
    label = T("Signing in")

    @route("/", right=rules.RIGHT, methods=("GET", "POST"), fresh=True)
    def index(self) -> Any:
        """Show and save them."""

        def page(errors: Errors) -> str:
            context = ctx()
            kept, again = rules.rules(context), request.method == "POST"
            return self.show(
                "base_people/rules.html",
                errors=errors,
                roles=people.all_roles(context),
                idle=request.form.get("idle", "") if again else kept.idle,
                chosen=request.form.getlist("factor") if again else kept.factor,
                activity=self.activity(context, rules.ENTITY, 1),
            )

        def work() -> str:
            known = {role.code for role in people.all_roles(ctx())}
            typed = request.form.get("idle", "").strip()
            minutes = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0
            rules.set_rules(ctx(), minutes, known & set(request.form.getlist("factor")))
            flash(str(T("Saved.")))
            return "/admin/security/"

        return page({}) if request.method == "GET" else self.attempt(work, page)
