"""Files people bring: what they are is read from their content, what is hidden in them does not get in."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib

import pikepdf
import pytest
from PIL import Image

from core.errors import HubError, NotFound, Refused
from plugins.base_files import api as files
from plugins.base_files.services import checks, passing, store
from plugins.base_files.services.checks import clean_name


def picture(kind="PNG", size=(40, 30), mode="RGB", **options):
    out = io.BytesIO()
    Image.new(mode, size, 120 if mode in "LP1" else "teal").save(out, kind, **options)
    return out.getvalue()


def pdf(change=None, **save):
    document = pikepdf.new()
    document.add_blank_page()
    if change:
        change(document)
    out = io.BytesIO()
    document.save(out, **save)
    return out.getvalue()


def with_root(**entries):
    def change(document):
        for key, value in entries.items():
            document.Root[f"/{key}"] = (
                document.make_indirect(value) if isinstance(value, pikepdf.Dictionary) else value
            )

    return change


def attach_inside(document):
    document.attachments["run.exe"] = b"MZ"


def script():
    return pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def bomb(width, height):
    """A small PNG that says it is enormous."""

    def chunk(tag, body):
        return struct.pack(">I", len(body)) + tag + body + struct.pack(">I", zlib.crc32(tag + body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


HOSTILE = {
    "nothing": (b"", "empty"),
    "text": (b"hello", "not accepted"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not accepted"),
    "html": (b"<!DOCTYPE html><script>alert(1)</script>", "not accepted"),
    "gif": (picture("GIF", mode="P"), "not accepted"),
    "a pdf that opens another file": (
        pdf(with_root(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.GoToR, F="\\\\evil\\x"))),
        "opens something",
    ),
    "a pdf with an address that is a program": (
        pdf(with_root(A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="java\nscript:alert(1)"))),
        "opens something",
    ),
    "a pdf with a link to a file": (
        pdf(with_root(A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="file:///etc/passwd"))),
        "opens something",
    ),
    "a pdf with a film": (
        pdf(with_root(X=pikepdf.Dictionary(Subtype=pikepdf.Name.RichMedia))),
        "opens something",
    ),
    "a page behind a pdf's head": (
        b"%PDF-1.4\n<html><script>alert(1)</script></html>\n" + pdf(),
        "cannot be read",
    ),
    "a pdf with a page behind it": (pdf() + b"<html>" + b" " * 4000, "cannot be read"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 60, "HEIC"),
    "zip": (b"PK\x03\x04" + b"\0" * 60, "not accepted"),
    "program": (b"MZ\x90\0" + b"\0" * 60, "not accepted"),
    "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "not accepted"),
    "cut picture": (picture(size=(400, 300))[:-40], "cannot be read"),
    "html with a JPEG's head": (b"\xff\xd8\xff<script>alert(1)</script>", "cannot be read"),
    "pixel flood": (bomb(13_000, 13_000), "too large"),
    "bigger flood": (bomb(60_000, 60_000), "cannot be read|too large"),
    "moving picture": (
        picture("WEBP", save_all=True, append_images=[Image.new("RGB", (40, 30), "red")], duration=100),
        "moves",
    ),
    "locked pdf": (pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "password"),
    "pdf locked for printing": (pdf(encryption=pikepdf.Encryption(owner="a", user="")), "password"),
    "pdf with a program that opens": (pdf(with_root(OpenAction=script())), "program"),
    "pdf with a program inside an array": (
        pdf(with_root(AcroForm=pikepdf.Dictionary(Fields=pikepdf.Array([pikepdf.Dictionary(AA=script())])))),
        "program",
    ),
    "pdf with named programs": (
        pdf(
            with_root(
                Names=pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array(["a", script()])))
            )
        ),
        "program",
    ),
    "pdf that starts something": (
        pdf(with_root(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe"))),
        "program",
    ),
    "pdf with a file in it": (pdf(attach_inside), "other files"),
    "pdf without pages": (pdf(lambda d: d.pages.__delitem__(0)), "no pages"),
    "a pdf's head only": (b"%PDF-1.7\n" + b"x" * 500, "cannot be read"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_not_welcome_is_refused_in_plain_words(ctx, name):
    data, said = HOSTILE[name]
    with pytest.raises(Refused, match=said) as refused:
        files.store(ctx, data)
    assert refused.value.problems[0].field == "file"
    assert not list((ctx.hub.config.data / "files" / str(ctx.tenant.id)).rglob("*"))


def test_too_large(ctx, monkeypatch):
    monkeypatch.setattr(store, "MAX_BYTES", 50)
    with pytest.raises(Refused, match="larger"):
        files.store(ctx, picture())


def test_a_full_store_takes_no_more(ctx):
    ctx.set_setting("base_files.quota", 10)
    with pytest.raises(Refused, match="no room"):
        files.store(ctx, picture())


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"), ("JPEG", "CMYK"), ("WEBP", "RGB")]
)
def test_pictures_are_kept(ctx, kind, mode):
    blob = files.store(ctx, picture(kind, mode=mode))
    kept = Image.open(io.BytesIO(files.blob_bytes(ctx, blob)))
    assert (kept.format, kept.size) == (kind, (40, 30))


def test_what_is_hidden_in_a_picture_is_gone(ctx):
    exif = Image.Exif()
    exif[0x010E] = "where we live"
    data = picture("JPEG", exif=exif, comment=b"who we are") + b"<script>alert(1)</script>"
    assert b"where we live" in data
    kept = files.blob_bytes(ctx, files.store(ctx, data))
    assert b"where we live" not in kept
    assert b"who we are" not in kept
    assert b"script" not in kept


def test_a_pdf_is_kept_byte_for_byte_and_once(ctx, make_tenant, hub):
    data = pdf()
    blob = files.store(ctx, data)
    assert files.blob_bytes(ctx, blob) == data
    assert blob.media_type == "application/pdf"
    assert files.store(ctx, data).id == blob.id
    ctx.session.commit()
    with hub.context(make_tenant(plugins=["samples"])) as other:
        assert files.store(other, data).id != blob.id


def test_bytes_that_another_process_began_to_store_are_on_disk_before_the_row(ctx, monkeypatch):
    data = picture()
    digest = files.store(ctx, data).sha256
    ctx.session.rollback()  # the bytes are there, the row that names them is not
    synced = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_ino))
    files.store(ctx, data)
    place = ctx.hub.config.data / "files" / str(ctx.tenant.id) / digest[:2] / digest
    assert synced == [p.stat().st_ino for p in (place, place.parent, place.parent.parent)]


def test_a_damaged_or_lost_file_is_not_given_out(ctx):
    blob = files.store(ctx, pdf())
    path = ctx.hub.config.data / "files" / str(ctx.tenant.id) / blob.sha256[:2] / blob.sha256
    path.write_bytes(b"other")
    with pytest.raises(HubError, match="damaged"):
        files.blob_bytes(ctx, blob)
    path.unlink()
    with pytest.raises(NotFound, match="missing"):
        files.blob_bytes(ctx, blob)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("合約 簽回.pdf", "合約 簽回.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\amy\\contract.PDF", "contract.PDF"),
        ("con\u202efdp.exe", "confdp.exe.pdf"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("-rf.pdf", "rf.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("", "file.pdf"),
        ("\ud800.pdf", "?.pdf"),
        ("x" * 4000 + ".pdf", "x" * 146 + ".pdf"),
        ('a<b>"c"|d?.pdf', "a_b__c__d_.pdf"),
    ],
)
def test_names_are_only_names(given, kept):
    name = clean_name(given, ".pdf")
    assert name == kept.replace("?", "_") if given == "\ud800.pdf" else name == kept


def test_a_file_on_a_document(ctx, ctx_as, ask):
    request = ask(ctx)
    with ctx_as("admin") as person:
        found = files.attach(person, "samples.request", request.id, "../照片.jpg", picture("JPEG"))
        assert found.filename == "照片.jpg"
        assert [a.id for a in files.attachments(person, "samples.request", request.id)] == [found.id]
        files.remove(person, files.attachment(person, found.id))
        assert files.attachments(person, "samples.request", request.id) == []
        with pytest.raises(NotFound):
            files.attachment(person, found.id)


@pytest.mark.parametrize(
    ("filename", "data"), [("contract.pdf", picture()), ("photo.png", picture("JPEG")), ("a.jpg", pdf())]
)
def test_a_file_that_is_not_what_its_name_says(ctx, ask, filename, data):
    with pytest.raises(Refused, match="is not what its name says"):
        files.attach(ctx, "samples.request", ask(ctx).id, filename, data)


def packed(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


TYPES = "[Content_Types].xml"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 60


@pytest.mark.parametrize(
    ("filename", "data", "media"),
    [
        ("size spec.xlsx", packed(TYPES, "xl/workbook.xml"), "spreadsheetml"),
        ("tech pack.docx", packed(TYPES, "word/document.xml"), "wordprocessingml"),
        ("patterns.zip", packed("a.dxf"), "application/zip"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "x-ole-storage"),
        ("artwork.ai", pdf(), "application/pdf"),
        ("artwork.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n", "postscript"),
        ("IMG_1.HEIC", HEIC, "image/heic"),
        ("seam.mov", b"\0\0\0\x14ftypqt  " + b"\0" * 60, "video/mp4"),
        ("marker.dxf", b"0\r\nSECTION\r\n2\r\nHEADER\r\n", "text/plain"),
        ("mail.eml", "Subject: 樣衣\r\n\r\n<b>hello</b>".encode(), "text/plain"),
        ("sizes.csv", "尺碼,胸寬\nS,48\n".encode("big5"), "text/plain"),
    ],
)
def test_what_people_send_each_other_is_kept_and_only_given_out(ctx, ask, filename, data, media):
    found = files.attach(ctx, "samples.request", ask(ctx).id, filename, data)
    assert (found.filename, media in found.file.media_type) == (filename, True)
    assert files.blob_bytes(ctx, found.file) == data
    with pytest.raises(Refused):  # where a copy is shown or signed, only what can be looked at is welcome
        files.store(ctx, data, allow=("jpeg", "png"))


@pytest.mark.parametrize(
    ("filename", "data", "said"),
    [
        ("page.txt", b"  <!DOCTYPE html><script>alert(1)</script>", "not accepted"),
        ("logo.txt", b"\xef\xbb\xbf<svg onload=alert(1)>", "not accepted"),
        ("run.txt", b"#!/bin/sh\nrm -rf /", "not accepted"),
        ("setup.zip", b"MZ\x90\0" + b"\0" * 60, "not accepted"),
        ("prices.xlsx", packed(TYPES, "xl/workbook.xml", "xl/vbaProject.bin"), "not accepted"),
        ("broken.zip", b"PK\x03\x04" + b"\0" * 60, "not accepted"),
        ("run.bat", b"echo hello", "is not what its name says"),
        ("run.js", b"alert(1)", "is not what its name says"),
        ("photo.jpg", packed("a"), "is not what its name says"),
        ("noise.txt", bytes(range(1, 32)) * 40, "not accepted"),
        ("", b"", "empty"),
    ],
)
def test_programs_and_pages_do_not_hang_on_a_document(ctx, ask, filename, data, said):
    with pytest.raises(Refused, match=said):
        files.attach(ctx, "samples.request", ask(ctx).id, filename, data)


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "L"), ("PNG", "1"), ("PNG", "P"), ("JPEG", "RGB")])
def test_a_large_scan_is_made_smaller(ctx, monkeypatch, kind, mode):
    monkeypatch.setattr(checks, "MAX_PIXELS", 10_000)
    data = picture(kind, (300, 200), mode)
    kept = Image.open(
        io.BytesIO(files.blob_bytes(ctx, files.store(ctx, data, filename=f"scan.{kind.lower()}")))
    )
    assert kept.format == kind
    assert kept.size == (122, 81)
    monkeypatch.setattr(checks, "MOST_PIXELS", 50_000)
    with pytest.raises(Refused, match="300 × 200"):
        files.store(ctx, data)


def test_a_scan_of_a4_at_600_dots_is_within_bounds(ctx):
    blob = files.store(ctx, picture("JPEG", (4960, 7016), "L"), allow=("pdf", "jpeg", "png"))
    width, height = Image.open(io.BytesIO(files.blob_bytes(ctx, blob))).size
    assert width * height <= checks.MAX_PIXELS
    assert width > 4000


def test_another_tenants_document_does_not_exist(ctx, hub, other_tenant, ask):
    request = ask(ctx)
    kept = files.attach(ctx, "samples.request", request.id, "a.png", picture())
    ctx.session.commit()
    with hub.context(other_tenant) as other:
        with pytest.raises(NotFound):
            files.attach(other, "samples.request", request.id, "a.png", picture())
        with pytest.raises(NotFound):
            files.attachment(other, kept.id)


def test_a_photo_is_kept_upright_plain_and_within_bounds(ctx):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (25.0, 2.0, 0.5)})
    blob = files.store_photo(ctx, picture("JPEG", (600, 300), exif=exif), longest=200)
    kept = Image.open(io.BytesIO(files.blob_bytes(ctx, blob)))
    assert (blob.media_type, kept.format, kept.size) == ("image/jpeg", "JPEG", (100, 200))
    assert dict(kept.getexif()) == {}
    small = Image.open(io.BytesIO(files.blob_bytes(ctx, files.thumbnail(ctx, blob, 50))))
    assert small.size == (25, 50)


@pytest.mark.parametrize(
    "name", ["svg", "html with a JPEG's head", "pixel flood", "heic", "moving picture", "nothing"]
)
def test_a_photo_is_checked_like_any_picture(ctx, name):
    data, said = HOSTILE[name]
    with pytest.raises(Refused, match=said) as refused:
        files.store_photo(ctx, data, field="photos")
    assert refused.value.problems[0].field == "photos"


def test_what_is_made_for_fetching_is_for_nobody_else_of_the_machine_to_read(ctx):
    passing.lay_down(ctx, "list.csv", io.BytesIO(b"a,b"))
    file = ctx.hub.config.data / "passing" / str(ctx.tenant.id) / "list.csv"
    assert [place.stat().st_mode & 0o777 for place in (file, file.parent, file.parent.parent)] == [
        0o600,
        0o700,
        0o700,
    ]
