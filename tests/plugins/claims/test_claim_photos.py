"""Pictures: several at once, nothing hidden in them, and a reason for each that is not welcome."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from core.api import NotFound, Refused
from core.entities import audit
from plugins.base_files import api as files
from plugins.base_files.shown import of_document
from plugins.claims.services import photos
from tests.plugins.base_files.test_files import bomb
from tests.plugins.claims.conftest import World, do, from_phone, garment, material, picture, said

HOSTILE = {
    "svg": (
        "drawing.jpg",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "not accepted",
    ),
    "html": ("page.png", b"<!DOCTYPE html><script>alert(1)</script>", "not accepted"),
    "html with a JPEG's head": ("a.jpg", b"\xff\xd8\xff<script>alert(1)</script>", "cannot be read"),
    "pdf": ("scan.pdf", b"%PDF-1.7\n1 0 obj", "not accepted"),
    "words": ("notes.txt", b"the pocket is wrong", "not accepted"),
    "nothing": ("empty.jpg", b"", "empty"),
    "a hundred million dots": ("huge.png", bomb(10_000, 10_000), "too large"),
    "more than any camera": ("bomb.png", bomb(60_000, 60_000), "cannot be read|too large"),
    "half a picture": ("cut.jpg", picture(size=(900, 700))[:-2000], "cannot be read"),
    "heic": (
        "IMG_1.HEIC",
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 60,
        "Most Compatible",
    ),
}


def opened(content: bytes) -> Image.Image:
    found = Image.open(io.BytesIO(content))
    found.load()
    return found


def test_what_a_phone_adds_to_a_picture_is_gone_and_it_stands_upright(world: World) -> None:
    sent = from_phone((80, 40))
    assert dict(
        Image.open(io.BytesIO(sent)).getexif().get_ifd(0x8825)
    )  # the test would prove nothing otherwise
    row = material(world)
    (made,) = photos.add_photos(world.ctx, row, [("IMG_0001.jpg", sent)])
    for size in ("full", "thumb"):
        kept = opened(photos.content(world.ctx, made, size))
        assert kept.size == (40, 80)
        assert dict(kept.getexif()) == {}
        assert b"Phone of Tina" not in photos.content(world.ctx, made, size)
        assert kept.getpixel((20, 10))[0] > 200, "the red half is on top"
        assert min(kept.getpixel((20, 70))) > 200, "and the white one below"


def test_a_large_picture_is_kept_within_bounds_as_jpeg_with_a_small_copy(world: World) -> None:
    row = garment(world)
    (made,) = photos.add_photos(world.ctx, row, [("wide.png", picture("PNG", (5000, 2500)))])
    full, thumb = (opened(photos.content(world.ctx, made, size)) for size in ("full", "thumb"))
    assert (full.format, full.size) == ("JPEG", (photos.LONGEST, photos.LONGEST // 2))
    assert (thumb.format, thumb.size) == ("JPEG", (photos.THUMB, photos.THUMB // 2))


def test_pictures_are_not_in_the_list_of_files_other_files_are(world: World) -> None:
    """What the hook ``attachments_shown_elsewhere`` says is left out where it is shown elsewhere, and nowhere else."""
    row, other = garment(world), world.ctx.registry.get("orders.order")
    photos.add_photos(world.ctx, row, [("wide.png", picture("PNG"))])
    files.attach(world.ctx, "claims.claim", row.id, "letter.png", picture("PNG"))
    order_id = row.customer_order_id
    files.attach(world.ctx, other.name, order_id, "seam.png", picture("PNG"), "photo")

    def listed(entity: str, document: Any) -> list[str]:
        return [a.filename for a in of_document(world.ctx, entity, document)[0].values["attachments"]]

    assert listed("claims.claim", row) == ["letter.png"]
    assert listed(other.name, row.customer_order) == ["seam.png"]


def test_what_lets_light_through_becomes_white_not_black(world: World) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (60, 60), (0, 0, 0, 0)).save(out, "PNG")
    (made,) = photos.add_photos(world.ctx, garment(world), [("clear.png", out.getvalue())])
    assert min(opened(photos.content(world.ctx, made, "full")).getpixel((30, 30))) > 250


def test_the_second_picture_behind_a_phones_jpeg_is_dropped(world: World) -> None:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(
        out, "MPO", save_all=True, append_images=[Image.new("RGB", (60, 40), "blue")]
    )
    assert getattr(Image.open(io.BytesIO(out.getvalue())), "n_frames", 1) == 2
    (made,) = photos.add_photos(world.ctx, garment(world), [("portrait.jpg", out.getvalue())])
    kept = opened(photos.content(world.ctx, made, "full"))
    assert getattr(kept, "n_frames", 1) == 1
    assert kept.getpixel((30, 20))[0] > 200


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_is_refused_by_name_and_nothing_is_kept(world: World, name: str) -> None:
    filename, content, words = HOSTILE[name]
    row = material(world)
    with pytest.raises(Refused, match=words) as caught:
        photos.add_photos(world.ctx, row, [("good.jpg", picture()), (filename, content)])
    assert list(said(caught)) == ["photos"]
    assert filename in said(caught)["photos"]
    assert photos.of_claim(world.ctx, row.id) == []


def test_every_bad_picture_is_named(world: World) -> None:
    with pytest.raises(Refused) as caught:
        photos.add_photos(
            world.ctx, material(world), [("a.jpg", b"x"), ("b.jpg", picture()), ("c.jpg", b"y")]
        )
    messages = [str(p) for p in caught.value.problems]
    assert len(messages) == 2
    assert "a.jpg" in messages[0]
    assert "c.jpg" in messages[1]


def test_too_many_and_too_large(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row, one = material(world), ("a.jpg", picture(size=(20, 20)))
    with pytest.raises(Refused, match="At most 10 pictures at once"):
        photos.add_photos(world.ctx, row, [one] * 11)
    monkeypatch.setattr(photos, "MOST", 3)
    photos.add_photos(world.ctx, row, [one, ("b.jpg", picture(color="red"))])
    with pytest.raises(Refused, match="holds at most 3"):
        photos.add_photos(world.ctx, row, [one, one])
    monkeypatch.setattr("plugins.base_files.services.store.MAX_BYTES", 100)
    with pytest.raises(Refused, match="larger than"):
        photos.add_photos(world.ctx, row, [one])


def test_cover_caption_removal_and_the_trail(world: World) -> None:
    ctx, row = world.ctx, material(world)
    first, second = photos.add_photos(ctx, row, [("a.jpg", picture()), ("b.jpg", picture(color="red"))])
    photos.make_cover(ctx, row, second)
    assert [p.id for p in photos.of_claim(ctx, row.id)] == [second.id, first.id]
    assert photos.covers(ctx, [row]) == {row.id: photos.address(second, "thumb")}
    photos.describe(ctx, row, first, "  left sleeve ")
    photos.remove(ctx, row, second)
    ctx.session.flush()
    assert [p.caption for p in photos.of_claim(ctx, row.id)] == ["left sleeve"]
    with pytest.raises(NotFound):
        photos.get_photo(ctx, row, second.id)
    done = [(e.action, e.changes) for e in audit.audit_history(ctx, "claims.claim", row.id)][:3]
    assert done[0] == ("detach", [["file", "b.jpg", None]])
    assert done[1] == ("edit", [["caption", "", "left sleeve"]])
    assert done[2] == ("edit", [["cover", None, "b.jpg"]])


def test_a_closed_claim_keeps_its_pictures_as_they_are(world: World) -> None:
    ctx, row = world.ctx, material(world)
    (made,) = photos.add_photos(ctx, row, [("a.jpg", picture())])
    do(ctx, row, "resolve", resolution="done")
    photos.add_photos(ctx, row, [("b.jpg", picture(color="red"))])
    do(ctx, row, "waive", reason="small")
    do(ctx, row, "close")
    for change in (
        lambda: photos.add_photos(ctx, row, [("c.jpg", picture())]),
        lambda: photos.remove(ctx, row, made),
        lambda: photos.make_cover(ctx, row, made),
        lambda: photos.describe(ctx, row, made, "x"),
    ):
        with pytest.raises(Refused, match="stay as they are"):
            change()


def test_another_claims_picture_is_not_found_through_this_one(world: World) -> None:
    ctx, mine, theirs = world.ctx, material(world), material(world)
    (made,) = photos.add_photos(ctx, theirs, [("a.jpg", picture())])
    with pytest.raises(NotFound):
        photos.get_photo(ctx, mine, made.id)


def test_photos_of_a_hundred_claims_cost_one_query(world: World, count_queries: Callable[..., Any]) -> None:
    rows = [material(world) for _ in range(4)]
    for row in rows:
        photos.add_photos(world.ctx, row, [("a.jpg", picture()), ("b.jpg", picture(color="red"))])
    world.ctx.session.expire_all()
    ids = [r.id for r in rows]
    with count_queries() as log:
        found = photos.of_claims(world.ctx, ids)
        assert [len(found[i]) for i in ids] == [2, 2, 2, 2]
        assert all(p.attachment.filename for row in found.values() for p in row)
    assert log.count == 1
