"""Remarks are kept with their author and stand in the stream of what was done to the document."""

from __future__ import annotations

import io

from plugins.base_files.services import remarks


def test_comments_are_kept_with_their_author(ctx, ctx_as):
    with ctx_as("merch") as person:
        remarks.add_remark(person, "samples.request", 7, "Looks good")
    assert [(c.user_name, c.body) for c in remarks.remarks(ctx, "samples.request", 7)] == [
        ("Merch", "Looks good")
    ]


def test_they_stand_in_the_activity_of_the_document(client_as, ctx, ask):
    row_id = ask(ctx).id
    ctx.session.commit()
    client = client_as("merch")
    assert (
        client.post(f"/remarks/on/samples.request/{row_id}", data={"body": "<b>soon</b>"}).status_code == 302
    )
    page = client.get(f"/samples/request/{row_id}").text
    stream = page[page.index('id="activity"') :]
    assert "&lt;b&gt;soon&lt;/b&gt;" in stream
    assert stream.index("soon") < stream.index("created it"), "newest first"
    assert "Write a remark" in stream
    for body in ("", "x" * 4001):
        reply = client.post(f"/remarks/on/samples.request/{row_id}", data={"body": body})
        assert reply.status_code == 422


def test_what_is_refused_comes_back_on_the_page_of_the_document(client_as, ctx, ask):
    """Beside the files, with the remark that was typed; nothing of it is kept. Together they are kept together."""
    row_id = ask(ctx).id
    ctx.session.commit()
    client = client_as("merch")
    files = [(io.BytesIO(b"Subject: sample\r\n\r\nx"), "mail.eml"), (io.BytesIO(b"MZ\x90"), "setup.exe")]
    reply = client.post(f"/files/on/samples.request/{row_id}", data={"files": files, "body": "half <typed>"})
    assert reply.status_code == 422
    part = reply.text[reply.text.index("base-files-files") :]
    assert "This kind of file is not accepted" in part
    assert "half &lt;typed&gt;</textarea>" in part
    assert "mail.eml" not in part
    assert "SR-2026-0001" in reply.text
    reply = client.post(f"/files/on/samples.request/{row_id}", data={"body": "only words"})
    assert (reply.status_code, "Choose a file first." in reply.text) == (422, True)
    for path, data in (
        ("/files/on", {"files": (io.BytesIO(b"a,b\r\n"), "a.csv"), "body": "with the file"}),
        ("/remarks/on", {"files": (io.BytesIO(b"c,d\r\n"), "b.csv"), "body": "with the remark"}),
    ):
        assert client.post(f"{path}/samples.request/{row_id}", data=data).status_code == 302
    page = client.get(f"/samples/request/{row_id}").text
    assert [text in page for text in ("a.csv", "with the file", "b.csv", "with the remark", "half")] == [
        True
    ] * 4 + [False]
    href = page[page.index('href="/files/') + 6 :].split('"')[0]
    download = client.get(f"{href}?inline=1")
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert download.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in download.headers["Content-Security-Policy"]


def test_only_on_documents_that_the_person_can_see(hub, client_as, ctx, other_tenant, ask):
    row_id = ask(ctx).id
    ctx.session.commit()
    for path in ("/remarks/on", "/files/on"):
        assert client_as("").post(f"{path}/samples.request/{row_id}", data={"body": "x"}).status_code == 403
        there = client_as("admin", of=other_tenant)
        assert there.post(f"{path}/samples.request/{row_id}", data={"body": "x"}).status_code == 404
        here = client_as("admin")
        assert here.post(f"{path}/orders.order/1", data={"body": "x"}).status_code == 404, "its plugin is off"
        assert here.post(f"{path}/no.such/1", data={"body": "x"}).status_code == 404
