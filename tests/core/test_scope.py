"""Rows a person may not see are as if they did not exist: wherever they are asked for, and whoever wrote the statement.

People in production see no request that is noted "hush" (the couriers' hook ``restrict``).
"""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from core.cli import main
from core.data.records import AuditEntry
from core.entities import audit, crud, query, transitions
from core.entities.inputs import resolve_refs
from core.entities.query import ListQuery
from core.entities.sheets import sheet_of
from core.errors import NotFound
from core.kernel import enablement
from core.kernel.permissions import seed_grants
from kit.exports.csv import write_csv
from plugins.base_files import api as files
from plugins.base_files.models import Remark
from plugins.base_files.services import remarks
from plugins.base_search.services import search
from tests.core.webworld import picture
from tests.thirdparty.samples.models import Request, RequestLine


@pytest.fixture
def kind(hub):
    return hub.registry.get("samples.request")


@pytest.fixture
def pair(hub, ctx, ask, user_of):
    """(a request everybody sees, one that production does not see)"""
    user_of("prod")
    rights = [p.name for p in hub.registry.permissions.values() if p.plugin == "samples"]
    seed_grants(ctx.session, dict.fromkeys((*rights, "base_files.files"), ("prod",)))
    seen, hidden = ask(ctx, notes="loud"), ask(ctx, notes="hush")
    for row in (seen, hidden):
        remarks.add_remark(ctx, "samples.request", row.id, f"remark {row.number}")
        files.attach(ctx, "samples.request", row.id, "photo.png", picture())
    ctx.session.commit()
    return SimpleNamespace(id=seen.id, number=seen.number), SimpleNamespace(
        id=hidden.id, number=hidden.number
    )


def test_a_document_by_id_and_by_number(ctx_as, pair, kind):
    seen, hidden = pair
    for write in (False, True):
        with ctx_as("prod", write=write) as person:
            assert crud.get_row(person, kind, seen.id).number == seen.number
            assert crud.get_row(person, kind, seen.number).id == seen.id
            with pytest.raises(NotFound, match="There is no such Sample request"):
                crud.get_row(person, kind, hidden.id)
            with pytest.raises(NotFound, match=f"no Sample request “{hidden.number}”"):
                crud.get_row(person, kind, hidden.number)


def test_several_by_what_was_typed(ctx_as, pair, kind):
    seen, hidden = pair
    for write in (False, True):
        with ctx_as("prod", write=write) as person:
            found = crud.find_rows(person, kind, [f" {seen.number.lower()} ", hidden.number, ""])
            assert {key: row.id for key, row in found.items()} == {seen.number: seen.id}
            assert crud.find_rows(person, kind, [""]) == {}


def test_lists_counts_and_exports(ctx_as, pair, kind):
    for write in (False, True):
        with ctx_as("prod", write=write) as person:
            page = query.fetch_page(person, kind, ListQuery())
            assert ([r.number for r in page.rows], page.total) == ([pair[0].number], 1)
            told = b"".join(write_csv(sheet_of(person, kind, ListQuery()))).decode()
            assert pair[0].number in told
            assert pair[1].number not in told


def test_search_and_what_was_typed(hub, ctx_as, pair, kind):
    spec = SimpleNamespace(ref="samples.request", where=None)
    for write in (False, True):
        with ctx_as("prod", write=write) as person:
            hits = [f.hit.label for group in search.search_everything(person, "SR-") for f in group.hits]
            assert hits == [pair[0].number]
            assert search.search_everything(person, "hush") == []
            found = resolve_refs(person, spec, [p.number for p in pair])
            assert [found[p.number] is None for p in pair] == [False, True]


def test_whoever_wrote_the_statement(ctx_as, pair):
    """A plugin's own page only reads: its tiles and sums are narrowed, aliased and joined too."""
    with ctx_as("prod", write=False) as person:
        assert person.session.scalar(select(func.count()).select_from(Request)) == 1
        assert person.session.scalars(select(Request.number)).all() == [pair[0].number]
        lines = select(func.count(RequestLine.id)).join(
            Request, (Request.id == RequestLine.request_id) & (Request.tenant_id == RequestLine.tenant_id)
        )
        assert person.session.scalar(lines) == 1
        inner = select(Request.id).subquery()
        assert person.session.scalar(select(func.count()).select_from(inner)) == 1


def test_what_hangs_on_a_document_is_seen_with_it(ctx_as, pair):
    with ctx_as("prod", write=False) as person:
        for model in (AuditEntry, Remark):
            ids = select(model.entity_id).where(model.entity == "samples.request")
            assert set(person.session.scalars(ids)) == {pair[0].id}
        assert audit.audit_history(person, "samples.request", pair[1].id) == []
        assert remarks.remarks(person, "samples.request", pair[1].id) == []
        assert files.attachments(person, "samples.request", pair[1].id) == []
        # and what hangs on other kinds is untouched
        assert person.session.scalars(
            select(AuditEntry.id).where(AuditEntry.entity == "core.enablement")
        ).all()


def test_a_file_is_read_through_its_document(ctx, ctx_as, pair):
    ids = {
        row.entity_id: row.id for each in pair for row in files.attachments(ctx, "samples.request", each.id)
    }
    for write in (False, True):
        with ctx_as("prod", write=write) as person:
            assert files.attachment(person, ids[pair[0].id]).entity_id == pair[0].id
            with pytest.raises(NotFound):
                files.attachment(person, ids[pair[1].id])


def test_everybody_else_and_the_system_see_everything(ctx, ctx_as, pair, kind):
    assert query.fetch_page(ctx, kind, ListQuery()).total == 2
    with ctx_as("merch", write=False) as person:
        assert query.fetch_page(person, kind, ListQuery()).total == 2


def test_what_is_computed_while_something_is_saved_sees_all_rows(ctx_as, pair, kind):
    """A sum over documents that a person may not see is still the sum."""
    with ctx_as("prod") as person:
        row = crud.get_row(person, kind, pair[0].id)
        assert person.session.scalar(select(func.count()).select_from(Request)) == 2
        transitions.run_action(person, kind, row, "stamp", {"word": "x"})


def test_a_document_that_is_seen_shows_what_it_refers_to(hub, ctx_as, pair, ctx):
    from tests.thirdparty.couriers.models import Parcel

    ctx.session.add(Parcel(request_id=pair[1].id, waybill="W"))
    ctx.session.commit()
    with ctx_as("prod", write=False) as person:
        parcel = person.session.scalars(select(Parcel)).one()
        assert parcel.request_id == pair[1].id  # a parcel is no entity that is limited


def test_pages(client_as, pair, app):
    client, (seen, hidden) = client_as("prod"), pair
    for url in (
        "/samples/request/",
        "/search?q=SR-",
        "/search?q=SR-&json=1",
        "/",
        "/lookup/samples.request?q=SR",
    ):
        text = client.get(url).text
        assert hidden.number not in text, url
    assert seen.number in client.get("/samples/request/").text
    assert client.get(f"/samples/request/{seen.id}").status_code == 200
    for url in (f"/samples/request/{hidden.id}", f"/samples/request/{hidden.id}/edit"):
        assert client.get(url).status_code == 404
    for tail in ("edit", "do/stamp", "comment"):
        reply = client.post(
            f"/samples/request/{hidden.id}/{tail}", data={"word": "x", "body": "x", "notes": "x"}
        )
        assert reply.status_code == 404, tail


def test_what_a_page_shows_after_a_refusal(client_as, pair):
    reply = client_as("prod").post("/samples/request/new", data={"maker": "NOBODY"})
    assert reply.status_code == 422
    assert pair[1].number not in reply.text


def test_it_is_asked_once_per_entity_and_not_at_all_where_nobody_limits(
    ctx, ctx_as, pair, kind, count_queries
):
    with ctx_as("merch", write=False) as person, count_queries() as with_it:
        query.fetch_page(person, kind, ListQuery())
    enablement.disable_plugin(ctx, "couriers")
    with ctx_as("prod", write=False) as person:
        assert not person.scope.limits
        assert person.session.narrowed == ()
        with count_queries() as without:
            assert query.fetch_page(person, kind, ListQuery()).total == 2
    assert without.count <= with_it.count


def test_the_command_line(hub, tenant, capsys, pair, user_of):
    as_person = ("--tenant", tenant.code, "--as", user_of("prod").email)
    assert main.run(["list", "samples.request", "--json", *as_person], hub) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["number"] for row in told["rows"]] == [pair[0].number]
    for command in (["show"], ["do", "samples.request.stamp"]):
        arguments = [
            *command,
            *([] if command[0] == "do" else ["samples.request"]),
            pair[1].number,
            *as_person,
        ]
        assert main.run(arguments, hub) != 0
        assert "There is no Sample request" in capsys.readouterr().err
