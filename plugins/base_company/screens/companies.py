"""Companies: the operator's list of the companies of the installation, and what is done with one as a whole."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, send_file

from core.api import Refused, T
from core.base_api import OPERATE_RIGHT
from core.web.api import FormPage, by_input, ctx, route, undo
from core.web.base_api import Errors, note
from plugins.base_company.services import companies, features

HOME = "/admin/companies/"


class CompaniesPage(FormPage):
    """The list, with a form for a new one."""

    plugin = "base_company"
    menu_place = ("admin", 5)
    right = OPERATE_RIGHT
    label = T("Companies")

    @route("/", right=OPERATE_RIGHT)
    def index(self) -> str:
        """Every company, and the archives that were made of some."""
        return self._page({})

    def _page(self, errors: Errors) -> str:
        context = ctx()
        again = request.method == "POST" and request.path.endswith("/new")
        values = {spec.name: spec.initial(context) for spec in companies.NEW}
        known = [f.plugin for g in features.groups(context) for f in g.features]
        return self.show(
            "base_company/companies.html", companies=companies.companies(context), errors=errors, again=again,
            archives=companies.archives(context), fields=companies.NEW, plugins=known,
            form=self.filled(context, companies.NEW, values, again),
            chosen=request.form.getlist("feature") if again else [p.name for p in known if p.manifest.default_on],
            source=request.form.get("source", "") if again else "",
        )  # fmt: skip

    @route("/new", right=OPERATE_RIGHT, methods=("POST",), fresh=True)
    def new(self) -> Any:
        """Make a company; whoever does is its first administrator."""
        context = ctx()
        try:
            data = self.posted(context, companies.NEW)
            context.session.rollback()  # one writer at a time on the embedded engine
            made = companies.create(
                context, data, request.form.getlist("feature"), request.form.get("source", "")
            )
        except Refused as refused:
            undo()
            return self._page(by_input(refused.problems)), 422
        note("tenant.create", which=made.code)
        flash(str(T("{name} is ready, and you are its administrator. Switch to it above.", name=made.name)))
        return redirect(HOME)

    @route("/<code>/<any(suspend, resume):way>", right=OPERATE_RIGHT, methods=("POST",), fresh=True)
    def switch(self, code: str, way: str) -> Any:
        """Shut a company, or open it again."""
        company = companies.called(ctx(), code)

        def work() -> str:
            companies.set_open(ctx(), company, way == "resume")
            flash(str(T("{name} is open again.", name=company.name) if way == "resume"
                      else T("{name} is shut. Its data stays.", name=company.name)))  # fmt: skip
            return HOME

        return self.attempt(work, self._page)

    @route("/<code>/export", right=OPERATE_RIGHT, methods=("POST",), fresh=True, limited="exports")
    def export(self, code: str) -> Any:
        """Write everything of a company into an archive, in the background."""
        company = companies.called(ctx(), code)
        return self.attempt(lambda: f"/jobs/{companies.ask_export(ctx(), company)}", self._page)

    @route("/<code>/delete", right=OPERATE_RIGHT, methods=("GET", "POST"), fresh=True)
    def delete(self, code: str) -> Any:
        """Ask for the name, then export and delete in the background."""
        company = companies.called(ctx(), code)

        def page(errors: Errors) -> str:
            return self.show("base_company/company_delete.html", company=company, errors=errors)

        def work() -> str:
            return f"/jobs/{companies.ask_delete(ctx(), company, request.form.get('name', ''))}"

        return page({}) if request.method == "GET" else self.attempt(work, page)

    @route("/restore", right=OPERATE_RIGHT, methods=("POST",), fresh=True)
    def restore(self) -> Any:
        """Add the company of an archive, in the background."""

        def work() -> str:
            name, code = request.form.get("archive", ""), request.form.get("code", "").strip()
            return f"/jobs/{companies.ask_restore(ctx(), name, code)}"

        return self.attempt(work, self._page)

    @route("/archive/<archive>", right=OPERATE_RIGHT, limited="exports")
    def archive(self, archive: str) -> Any:
        """An archive, to be kept elsewhere."""
        path = companies.stored(ctx(), archive)
        note("tenant.archive_taken", which=archive)
        return send_file(path, mimetype="application/zip", as_attachment=True, download_name=archive)
