"""How the company is set up, as a file: taken out, compared, brought in. What a file would change is shown before it does."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, flash, request

from core.api import Refused, T
from core.base_api import PARTS, bring_in, compare, read_document, take_out
from core.web.api import FormPage, ctx, route
from core.web.base_api import Errors, note

HOME, RIGHT = "/admin/setup/", "core.transfer"
MOST = 500
"""Differences that a page shows."""


class SetupPage(FormPage):
    """A file to take away, and a form that reads one."""

    plugin = "base_company"

    @route("/", right=RIGHT)
    def index(self) -> str:
        """Choose what to do."""
        return self._page({})

    @route("/file", right=RIGHT, limited="exports")
    def file(self) -> Response:
        """The file."""
        context = ctx()
        name = f"{context.tenant.code}-settings.json"
        note("export", which=name)
        body = json.dumps(take_out(context), ensure_ascii=False, indent=1)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(body, mimetype="application/json", headers=headers)

    @route("/compare", right=RIGHT, methods=("POST",), upload=True)
    def compare(self) -> Any:
        """Show what a file would change; nothing is changed."""
        context = ctx()
        try:
            upload = request.files.get("file")
            typed = upload.stream.read() if upload is not None and upload.filename else b""
            document = read_document(typed)
        except Refused as refused:
            return self._page({"file": [str(p.message) for p in refused.problems]}), 422
        found = compare(context, document)
        kept = json.dumps({name: document.get(name, {}) for name in ("format", *PARTS)}, ensure_ascii=False)
        return self._page({}, differences=found, document=kept)

    @route("/bring", right=RIGHT, methods=("POST",), fresh=True)
    def bring(self) -> Any:
        """Bring the parts in that are ticked."""
        parts = [name for name in PARTS if name in request.form.getlist("part")]
        text = request.form.get("document", "")

        def work() -> str:
            if not parts:
                raise Refused(T("Tick at least one part."))
            done = bring_in(ctx(), read_document(text), parts)
            flash(str(T("{n} settings were brought in.", n=len(done))))
            return HOME

        return self.attempt(work, lambda errors: self._again(errors, text))

    def _again(self, errors: Errors, text: str) -> str:
        try:
            return self._page(errors, differences=compare(ctx(), read_document(text)), document=text)
        except Refused:
            return self._page(errors)

    def _page(self, errors: Errors, differences: list[Any] | None = None, document: str = "") -> str:
        return self.show(
            "base_company/setup.html", errors=errors, parts=PARTS, differences=differences, document=document, most=MOST
        )  # fmt: skip
