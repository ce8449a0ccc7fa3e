"""Photos of claims: several at once, checked and drawn again, each with a small copy; caption, cover, removal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.api import Ctx, EntityName, NotFound, Problem, Refused, T, record_save
from core.db import among
from plugins.base_files import api as files
from plugins.claims.models import Claim, Photo
from plugins.claims.words import LIVE

ENTITY = EntityName("claims.claim")
KIND = "photo"
FIELD = "photos"
AT_ONCE = 10
MOST = 30
LONGEST = 3200
"""Dots on the longer side that are kept: enough to see a stitch, small enough for a thousand claims."""
THUMB = 400
Upload = tuple[str, bytes]
"""(file name, content)"""


def add_photos(ctx: Ctx, claim: Claim, uploads: Sequence[Upload], caption: str = "") -> list[Photo]:
    """Put pictures on a claim: all of them, or none and a reason for each that is not welcome (at ``photos``)."""
    _may_change(ctx, claim)
    if not uploads:
        raise Refused(T("Choose a picture first."), FIELD)
    if len(uploads) > AT_ONCE:
        raise Refused(T("At most {n} pictures at once.", n=AT_ONCE), FIELD)
    if len(of_claim(ctx, claim.id)) + len(uploads) > MOST:
        raise Refused(T("A claim holds at most {n} pictures.", n=MOST), FIELD)
    stored, problems = [], []
    for name, data in uploads:
        try:
            stored.append((name, files.store_photo(ctx, data, longest=LONGEST, field=FIELD)))
        except Refused as refused:
            label = files.clean_name(name)
            problems += [
                Problem(T("“{name}”: {reason}", name=label, reason=p.message), FIELD)
                for p in refused.problems
            ]
    if problems:
        raise Refused(problems)
    made = []
    for name, blob in stored:
        attached = files.put(ctx, ENTITY, claim.id, name, blob, KIND)
        photo = Photo(
            claim_id=claim.id, attachment_id=attached.id, attachment=attached, thumb_id=files.thumbnail(ctx, blob, THUMB).id,
            caption=caption[:200], cover=False,
        )  # fmt: skip
        made.append(photo)
    ctx.session.add_all(made)
    ctx.session.flush()
    return made


def _may_change(ctx: Ctx, claim: Claim) -> None:
    ctx.require(f"{ENTITY}.edit")
    if claim.state not in LIVE:
        state = ctx.registry.get(ENTITY).state(claim.state).label
        raise Refused(
            T("{number} is {state}: its pictures stay as they are.", number=claim.number, state=state), FIELD
        )


def of_claim(ctx: Ctx, claim_id: int) -> list[Photo]:
    """Photos of a claim that were not removed, the cover first, then as they came. One query."""
    return of_claims(ctx, [claim_id]).get(claim_id, [])


def of_claims(ctx: Ctx, claim_ids: Iterable[int]) -> dict[int, list[Photo]]:
    """Photos of several claims. One query."""
    found: dict[int, list[Photo]] = {}
    rows = ctx.session.scalars(
        select(Photo)
        .where(among(Photo.claim_id, claim_ids))
        .options(joinedload(Photo.attachment, innerjoin=True))
        .order_by(Photo.cover.desc(), Photo.id)
    )
    for photo in rows:
        if not photo.attachment.removed:
            found.setdefault(photo.claim_id, []).append(photo)
    return found


def covers(ctx: Ctx, claims: Iterable[Claim]) -> Mapping[int, str]:
    """Addresses of the small cover pictures, for lists. One query."""
    return {
        claim_id: address(photos[0], "thumb")
        for claim_id, photos in of_claims(ctx, [c.id for c in claims]).items()
    }


def address(photo: Photo, size: str) -> str:
    """Where a picture is fetched; ``size`` is ``thumb`` or ``full``."""
    return f"/claims/claim/{photo.claim_id}/photos/{photo.id}/{size}"


def get_photo(ctx: Ctx, claim: Claim, photo_id: int) -> Photo:
    """A photo of this claim; NotFound for another one's or a removed one."""
    found = next((p for p in of_claim(ctx, claim.id) if p.id == photo_id), None)
    if found is None:
        raise NotFound(T("There is no such picture."))
    return found


def content(ctx: Ctx, photo: Photo, size: str) -> bytes:
    """The bytes of a picture: JPEG."""
    return files.blob_bytes(
        ctx, files.blob(ctx, photo.thumb_id if size == "thumb" else photo.attachment.file_id)
    )


def describe(ctx: Ctx, claim: Claim, photo: Photo, caption: str) -> None:
    """Write under a picture what it shows."""
    _may_change(ctx, claim)
    old, photo.caption = photo.caption, caption.strip()[:200]
    if old != photo.caption:
        record_save(ctx, claim, "edit", [("caption", old, photo.caption)])


def make_cover(ctx: Ctx, claim: Claim, photo: Photo) -> None:
    """Show this picture in lists."""
    _may_change(ctx, claim)
    for each in of_claim(ctx, claim.id):
        each.cover = each.id == photo.id
    ctx.session.flush()
    record_save(ctx, claim, "edit", [("cover", None, photo.attachment.filename)])


def remove(ctx: Ctx, claim: Claim, photo: Photo) -> None:
    """Take a picture off; recorded, its bytes stay for the trail."""
    _may_change(ctx, claim)
    files.remove(ctx, photo.attachment)
