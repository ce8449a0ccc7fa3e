"""Company and settings: what stands on documents, the logo, and the settings of each plugin that is on."""

from __future__ import annotations

from typing import Any

from flask import flash, request

from core.api import NotFound, T
from core.web.api import FormPage, ctx, route, send
from core.web.base_api import Errors
from plugins.base_company.services import company
from plugins.base_files import api as files

HOME = "/admin/company/"


class CompanyPage(FormPage):
    """One page with a form for the company and one for each plugin."""

    plugin = "base_company"
    menu_place = ("admin", 10)
    right = company.RIGHT
    label = T("Company and settings")

    @route("/", right=company.RIGHT, methods=("GET", "POST"), upload=True)
    def index(self) -> Any:
        """The company's values, and the settings of the plugins."""
        if request.method == "GET":
            return self._page({})

        def work() -> str:
            upload = request.files.get("logo")
            picture = upload.stream.read() if upload is not None and upload.filename else None
            data = self.posted(ctx(), company.FIELDS)
            company.unchanged_since(ctx(), request.form.get("_seen", ""))
            company.save_company(ctx(), data, picture, no_logo=bool(request.form.get("no_logo")))
            flash(str(T("Saved.")))
            return HOME

        return self.attempt(work, lambda errors: self._page(errors, again="company"))

    @route("/settings/<plugin>", right=company.RIGHT, methods=("POST",))
    def settings(self, plugin: str) -> Any:
        """Keep the settings of a plugin that is on."""
        found = next((s for s in company.settings(ctx()) if s.plugin.name == plugin), None)
        if found is None:
            raise NotFound(T("There is no plugin {name}.", name=plugin))
        fields = found.fields

        def work() -> str:
            data = self.posted(ctx(), fields, f"{plugin}-")
            company.unchanged_since(ctx(), request.form.get("_seen", ""), plugin)
            company.save_settings(ctx(), plugin, data)
            flash(str(T("Saved.")))
            return f"{HOME}#{plugin}"

        return self.attempt(work, lambda errors: self._page(errors, again=plugin))

    @route("/logo", right=company.RIGHT)
    def logo(self) -> Any:
        """The stored logo."""
        blob = company.logo(ctx())
        if blob is None:
            raise NotFound(T("There is no such file."))
        return send(
            files.blob_bytes(ctx(), blob), blob.media_type, "logo" + files.extension(blob), inline=True
        )

    def _page(self, errors: Errors, again: str = "") -> str:
        context = ctx()
        settings = [
            (s, self.filled(context, s.fields, s.values, again == s.plugin.name, f"{s.plugin.name}-"))
            for s in company.settings(context)
        ]
        return self.show(
            "base_company/company.html",
            fields=company.FIELDS,
            form=self.filled(context, company.FIELDS, company.company(context), again == "company"),
            logo=company.logo(context),
            settings=settings,
            stamp=lambda plugin="": company.stamp(context, plugin),
            changes=company.changes_of_settings(context),
            errors=errors,
            again=again,
            activity=self.activity(context, "base_company.company", context.tenant.id),
        )
