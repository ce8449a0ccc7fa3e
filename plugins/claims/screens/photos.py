"""Pages of a claim's pictures: adding, the large view, caption, cover, removal, and the pictures themselves."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from core.web.api import EntityView, ctx, route, send, submit_once
from plugins.claims.services import photos


def uploads() -> list[photos.Upload]:
    """The pictures that were posted."""
    return [
        (upload.filename or "photo.jpg", upload.stream.read())
        for upload in request.files.getlist(photos.FIELD)
        if upload.filename
    ]


class PhotoRoutes(EntityView):
    """Routes of the pictures of one claim."""

    @route("/<int:row_id>/photos", right="edit", methods=("GET", "POST"), upload=True)
    def photos(self, row_id: int) -> Any:
        """Add pictures; where one is not welcome, none is added and the page says why."""
        context, row = ctx(), self.row(row_id)

        def again(errors: dict[str, list[str]]) -> str:
            return self.page(
                "claims/add_photos.html", row=self.row(row_id), errors=errors, most=photos.AT_ONCE
            )

        if request.method == "GET":
            return again({})

        def work() -> str:
            photos.add_photos(context, row, uploads(), request.form.get("caption", "").strip())
            return self.url_for_row(row) + "#photos"

        return self.attempt(work, again)

    @route("/<int:row_id>/photos/<int:photo_id>", right="view")
    def photo(self, row_id: int, photo_id: int) -> str:
        """One picture, large, with the way to the next."""
        context, row = ctx(), self.row(row_id)
        every = photos.of_claim(context, row.id)
        found = photos.get_photo(context, row, photo_id)
        at = next(i for i, p in enumerate(every) if p.id == photo_id)
        return self.page(
            "claims/photo.html", row=row, photo=found, at=at, every=every, address=photos.address,
            may_change=row.state in ("open", "resolved") and context.can("claims.claim.edit"),
        )  # fmt: skip

    @route("/<int:row_id>/photos/<int:photo_id>/<any(thumb, full):size>", right="view")
    def picture(self, row_id: int, photo_id: int, size: str) -> Response:
        """The picture itself."""
        found = photos.get_photo(ctx(), self.row(row_id), photo_id)
        return send(photos.content(ctx(), found, size), "image/jpeg", found.attachment.filename, inline=True)

    @route("/<int:row_id>/photos/<int:photo_id>/change", right="edit", methods=("POST",))
    def change_photo(self, row_id: int, photo_id: int) -> Any:
        """Caption, cover or removal, by the button that was pressed."""
        context, row = ctx(), self.row(row_id)
        found, do = photos.get_photo(context, row, photo_id), request.form.get("do", "")

        def work() -> str:
            if do == "remove":
                photos.remove(context, row, found)
                return self.url_for_row(row) + "#photos"
            if do == "cover":
                photos.make_cover(context, row, found)
            else:
                photos.describe(context, row, found, request.form.get("caption", ""))
            return self.url_for_row(row, f"/photos/{found.id}")

        return submit_once(work)
