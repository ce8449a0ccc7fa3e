"""Remarks are kept with their author and stand in the stream of what was done to the document."""

from __future__ import annotations

from plugins.base_files.services import remarks


def test_comments_are_kept_with_their_author(ctx, ctx_as):
    with ctx_as("merch") as person:
        remarks.add(person, "samples.request", 7, "Looks good")
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
