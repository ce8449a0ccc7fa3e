"""Every kind of field that an administrator makes, in every place where fields are: one table, kind by channel.

Files stand beside their field alone (`attachments_shown_elsewhere`), and whoever does not see it does not get them
(`attachments_unseen`); labels ask for more lines (`label_lines`)."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from pypdf import PdfWriter

from core.api import Ctx, NotFound, Refused
from core.cli import main
from core.entities.query import ListQuery, fetch_page
from core.entities.seen import seen_history
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from core.remote import describe_row, list_rows, perform
from core.testing.scenes import stage
from kit.printing import documents
from plugins.base_fields.words import KINDS
from plugins.base_files import api as files
from plugins.imports.services import batches, running
from plugins.labels.services import collecting
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.services import lines as order_lines
from tests.plugins.purchasing.conftest import line as bought_line
from tests.plugins.purchasing.conftest import mill as mill
from tests.plugins.purchasing.conftest import order as draft
from tests.plugins.rest.conftest import program as program

ORDER, FIELD = "purchasing.order", "base_fields.field"
OPTIONS = [{"code": "sea", "name": "By sea"}, {"code": "air", "name": "By air"}]


def paper(text: str = "one") -> bytes:
    """A small PDF, another one for each text."""
    made, out = PdfWriter(), io.BytesIO()
    made.add_blank_page(72, 72)
    made.add_metadata({"/Title": text})
    made.write(out)
    return out.getvalue()


@dataclass(frozen=True)
class Kind:
    """A kind of field: what is typed, what programs are told, what people read, and filters that find it and that do not."""

    typed: Any
    told: Any
    read: str
    finds: tuple[str, str]
    misses: tuple[str, str]
    more: Mapping[str, Any]


KIND: dict[str, Kind] = {
    "text": Kind("BR-77", "BR-77", "BR-77", ("x_text", "br-7"), ("x_text", "zz"), {}),
    "long": Kind("long words", "long words", "long words", ("x_long", "words"), ("x_long", "zz"), {}),
    "number": Kind("12.25", "12.25", "12.25", ("x_number", "12.250"), ("x_number", "1"), {"decimals": 2, "unit": "kg"}),
    "date": Kind("2027-01-15", "2027-01-15", "2027-01-15", ("x_date_from", "2027-01-15"), ("x_date_to", "2027-01-14"), {}),
    "bool": Kind("1", True, "yes", ("x_bool", "1"), ("x_bool", "0"), {}),
    "choice": Kind("sea", "sea", "By sea", ("x_choice", "sea"), ("x_choice", "air"), {"options": OPTIONS}),
    "ref": Kind("S2", "S2", "S2", ("x_ref", "S2"), ("x_ref", "S1"), {"target": "catalog.partner"}),
    "file": Kind(("agreed.pdf", paper()), None, "agreed.pdf", ("x_file", "agreed"), ("x_file", "zz"), {}),
}  # fmt: skip
LESS: dict[str, Any] = {
    "text": "AA",
    "number": "1.5",
    "date": "2026-12-31",
    "choice": "air",
    "file": ("aa.pdf", paper()),
}
"""What comes before it where lists are sorted; the other kinds are no order to sort by."""
WORDS = {"text", "long", "file"}
"""Kinds that words are found in."""
NOT_IN_SHEETS = {"file"}
"""A cell of a sheet holds no file; the export tells its name."""
every = pytest.mark.parametrize("kind", KIND)


@stage
def fields(mill: Ctx) -> Ctx:
    """A field of each kind on purchase orders: listed, filtered, printed, on labels, found where there are words."""
    declared = mill.registry.get(FIELD)
    for kind, one in KIND.items():
        perform(mill, declared, "create", None, {
            "entity": ORDER, "kind": kind, "code": kind, "name": f"The {kind}", "listed": True, "filtered": True,
            "searched": kind in WORDS, "printed": True, "labelled": True, **one.more,
        })  # fmt: skip
    return mill


@stage
def plain(fields: Ctx) -> PurchaseOrder:
    """An order without any of it."""
    return draft(fields)


@stage
def full(plain: PurchaseOrder, fields: Ctx) -> PurchaseOrder:
    """An order with a line and something in every field."""
    made = draft(fields)
    order_lines.save(fields, made, [bought_line(fields, "FAB", "100", color="NVY")])
    perform(
        fields,
        fields.registry.get(ORDER),
        "edit",
        made,
        {f"x_{kind}": one.typed for kind, one in KIND.items()},
    )
    return made


def test_every_kind_is_in_the_table() -> None:
    assert set(KIND) == {code for code, _words in KINDS}


@every
def test_form_and_page(kind: str, plain: PurchaseOrder, client_as: Callable[..., Any], fields: Ctx) -> None:
    buyer, one, address = client_as("purch"), KIND[kind], f"/purchasing/order/{plain.id}"
    form = buyer.get(f"{address}/edit").text
    assert f'name="x_{kind}"' in form
    assert 'enctype="multipart/form-data"' in form, "a form that asks for a file sends it"
    typed = {
        "supplier": "S1",
        "material_class": "main",
        "order_date": "2026-11-02",
        "currency": "USD",
        "_version": str(plain.version),
    }
    value = (io.BytesIO(one.typed[1]), one.typed[0]) if kind == "file" else one.typed
    reply = buyer.post(
        f"{address}/edit", data={**typed, f"x_{kind}": value}, content_type="multipart/form-data"
    )
    assert reply.status_code == 302, reply.text
    page = buyer.get(address).text.partition('id="activity"')[0]
    assert f"The {kind}" in page
    assert one.read in page


@every
def test_lists(
    kind: str, full: PurchaseOrder, plain: PurchaseOrder, ctx: Ctx, client_as: Callable[..., Any]
) -> None:
    one, entity, name = KIND[kind], ctx.registry.get(ORDER), f"x_{kind}"

    def found(**asked: Any) -> list[int]:
        return [row.id for row in fetch_page(ctx, entity, ListQuery(**{"sort": "id", **asked})).rows]

    assert found(filters={one.finds[0]: (one.finds[1],)}) == [full.id]
    assert full.id not in found(filters={one.misses[0]: (one.misses[1],)})
    if kind in LESS:
        perform(ctx, entity, "edit", plain, {name: LESS[kind]})
        for sort, order in ((name, [plain.id, full.id]), (f"-{name}", [full.id, plain.id])):
            assert [
                r["id"]
                for r in list_rows(
                    ctx, entity, filters={"id": (str(plain.id), str(full.id))}, sort=sort
                ).items
            ] == order
    assert (found(search=one.read) == [full.id]) is (kind in WORDS)
    buyer = client_as("purch")
    assert one.read in buyer.get(f"/purchasing/order/?id={full.id}").text
    assert (full.number in buyer.get(f"/search?q={one.read}").text) is (kind in WORDS)


@every
def test_exports(kind: str, full: PurchaseOrder, client_as: Callable[..., Any]) -> None:
    file = client_as("purch").get(f"/purchasing/order/export/csv?id={full.id}")
    heads, row = csv.reader(io.StringIO(file.data.decode("utf-8-sig")))
    assert KIND[kind].read in row[heads.index(f"The {kind}")]


@every
def test_imports(kind: str, fields: Ctx, hub: Hub, tenant: TenantInfo) -> None:
    one = KIND[kind]
    fields.session.commit()
    typed = one.typed if kind not in NOT_IN_SHEETS else one.read
    heads = f"material_class,supplier,currency,order_date,notes,material,color,qty,price,The {kind}"
    text = f"{heads}\nmain,S1,USD,2026-11-02,SHEET,FAB,NVY,100,2,{typed}\n"
    batch = batches.start_batch(fields, ORDER, "a.csv", text.encode())
    assert ("" in batch.columns) is (kind in NOT_IN_SHEETS), "said on the page: this column is not read"
    number = batch.id
    fields.session.commit()
    running.bring_in(lambda: hub.context(tenant), number, lambda _done, _total: None)
    entity = fields.registry.get(ORDER)
    (made,) = (
        list_rows(fields, entity, search="SHEET", fields=(f"x_{kind}",)).items
        or list_rows(fields, entity, sort="-id", limit=1, fields=(f"x_{kind}",)).items
    )
    assert made[f"x_{kind}"] == one.told


@every
def test_programs(kind: str, plain: PurchaseOrder, ctx: Ctx, program: Callable[..., Any]) -> None:

    one, name, caller = KIND[kind], f"x_{kind}", program()
    ctx.session.commit()
    sent = (
        one.told
        if kind != "file"
        else {"name": one.typed[0], "content": base64.b64encode(one.typed[1]).decode()}
    )
    path = f"{ORDER}/{plain.number}"
    status, told, _reply = caller.call("PATCH", path, {name: sent}, If_Match=f'"{plain.version}"')
    assert status == 200, told
    assert told_of(kind, caller.get(path)[name])
    (listed,) = caller.get(f"{ORDER}?{one.finds[0]}={one.finds[1]}&fields={name}")["items"]
    assert told_of(kind, listed[name])
    described = caller.get("openapi.json")["components"]["schemas"][ORDER]["properties"]
    assert described[name]["title"] == f"The {kind}"
    status, told, _reply = caller.call("PATCH", path, {name: None}, If_Match=f'"{plain.version + 1}"')
    assert (status, told[name]) == (
        200,
        False if kind == "bool" else None if kind not in ("text", "long") else told[name],
    )
    assert not told[name]


def told_of(kind: str, value: Any) -> bool:
    """Is this what programs are told of the kind's value?"""
    if kind != "file":
        return bool(value == KIND[kind].told)
    return bool(
        value["name"] == "agreed.pdf" and value["media_type"] == "application/pdf" and value["size"] > 100
    )


@every
def test_command_line(
    kind: str, full: PurchaseOrder, ctx: Ctx, hub: Hub, tenant: TenantInfo, tmp_path: Any, capsys: Any
) -> None:
    ctx.session.commit()
    one, where, typed = KIND[kind], ["--tenant", tenant.code], KIND[kind].typed
    if kind == "file":
        (tmp_path / "agreed.pdf").write_bytes(paper("two"))
        typed = f"@{tmp_path / 'agreed.pdf'}"
    assert main.run(["do", f"{ORDER}.edit", full.number, f"x_{kind}={typed}", *where], hub) == 0, (
        capsys.readouterr().err
    )
    capsys.readouterr()
    assert main.run(["show", ORDER, full.number, *where], hub) == 0
    shown = capsys.readouterr().out
    assert one.read in shown
    assert main.run(["list", ORDER, "--column", f"x_{kind}", *where], hub) == 0
    assert one.read in capsys.readouterr().out


@every
def test_papers_labels_and_trail(kind: str, full: PurchaseOrder, ctx: Ctx) -> None:
    one = KIND[kind]
    said = str(documents.compose(ctx, ORDER, full, "en").html)
    assert f"The {kind}" in said
    assert one.read in said
    (label,) = collecting.collect(ctx, *collecting.documents(ctx, ORDER, [full.id]))
    assert [more for more in label.more if more.startswith(f"The {kind}: ") and one.read in more]
    assert label.within(99)[-len(KIND) :] == label.more
    changes = [c for e in seen_history(ctx, ctx.registry.get(ORDER), full.id) for c in e.changes or ()]
    assert [new for name, _old, new in changes if name == f"x_{kind}"] == [
        one.read if kind == "file" else one.told
    ]


def test_the_file_of_a_field(
    full: PurchaseOrder, ctx: Ctx, client_as: Callable[..., Any], program: Callable[..., Any]
) -> None:
    entity = ctx.registry.get(ORDER)
    perform(ctx, entity, "edit", full, {"x_file": ("agreed.pdf", paper())})  # a scene brings rows, not bytes
    ctx.session.commit()
    number = describe_row(ctx, entity, full)["x_file"]["id"]
    buyer, address = client_as("purch"), f"/purchasing/order/{full.id}"
    page = buyer.get(address).text
    assert page.count(f'href="/files/{number}"') == 1, "beside its label, not among the files of the document"
    assert buyer.get(f"/files/{number}").data == paper()
    typed = {"supplier": "S1", "material_class": "main", "order_date": "2026-11-02", "currency": "USD"}

    def send(version: int, **more: Any) -> Any:
        data = {**typed, "_version": str(version), **more}
        return buyer.post(f"{address}/edit", data=data, content_type="multipart/form-data")

    for content, name, said in (
        (b"MZ\x90\x00" * 9, "run.exe", "This kind of file is not accepted"),
        (paper(), "a.xlsx", "is not what its name says"),
        (b"", "empty.pdf", "The file is empty."),
        (paper() + b"x" * (20 * 2**20), "large.pdf", "larger than 20 MB"),
    ):
        refused = send(full.version, x_file=(io.BytesIO(content), name))
        assert refused.status_code == 422
        assert said in refused.text
        assert 'id="e-x_file"' in refused.text, "said at its input"
    assert buyer.get(f"/files/{number}").data == paper(), "what is refused replaces nothing"
    before = full.version
    assert send(before, x_text="other").status_code == 302, "an empty input keeps the file"
    ctx.session.refresh(full)
    assert buyer.get(f"/files/{number}").status_code == 200
    assert send(full.version, x_file=(io.BytesIO(paper("new")), "agreed.pdf")).status_code == 302, (
        "the same name, another file"
    )
    ctx.session.refresh(full)
    ctx.memo.clear()
    newer = describe_row(ctx, entity, full)["x_file"]["id"]
    assert newer != number
    assert buyer.get(f"/files/{number}").status_code == 404
    assert buyer.get(f"/files/{newer}").data == paper("new")
    caller = program()
    items = caller.get(f"{ORDER}/{full.number}/files")["items"]
    assert [item["id"] for item in items] == [newer], "programs find its address there"
    assert caller.call("GET", items[0]["href"])[2].data == paper("new")
    assert send(full.version, **{"x_file._remove": "1"}).status_code == 302
    assert "agreed.pdf" not in buyer.get(address).text.partition('id="activity"')[0]
    assert buyer.get(f"/files/{newer}").status_code == 404


def test_a_needed_file_is_asked_for_once(fields: Ctx, client_as: Callable[..., Any]) -> None:
    declared, entity = fields.registry.get(FIELD), fields.registry.get(ORDER)
    given = {"entity": ORDER, "kind": "file", "code": "needed", "name": "Needed", "required": True}
    perform(fields, declared, "create", None, given)
    made = {"supplier": "S1", "material_class": "main", "order_date": "2026-11-02", "currency": "USD"}
    for sent in (made, {**made, "x_needed": None}, {**made, "x_needed": "text"}):
        with pytest.raises(Refused) as refused:
            perform(fields, entity, "create", None, sent)
        assert [p.field for p in refused.value.problems] == ["x_needed"]
    row = perform(fields, entity, "create", None, {**made, "x_needed": ("a.pdf", paper())}).row
    perform(fields, entity, "edit", row, {"x_text": "kept"})
    with pytest.raises(Refused, match="Choose a file first"):
        perform(fields, entity, "edit", row, {"x_needed": None})
    fields.session.commit()
    buyer = client_as("purch")
    assert "Choose a file first." in buyer.post("/purchasing/order/new", data=made).text
    kept = buyer.post(f"/purchasing/order/{row.id}/edit", data={**made, "_version": str(row.version)})
    assert kept.status_code == 302, "the one that is there is enough"


def test_who_does_not_see_a_field_does_not_get_its_file(
    fields: Ctx, plain: PurchaseOrder, client_as: Callable[..., Any], other_tenant: TenantInfo, hub: Hub
) -> None:
    given = {"entity": ORDER, "kind": "file", "code": "secret", "name": "Secret", "roles": ["mgr"]}
    perform(fields, fields.registry.get(FIELD), "create", None, given)
    entity = fields.registry.get(ORDER)
    perform(fields, entity, "edit", plain, {"x_secret": ("margin.pdf", paper())})
    number = describe_row(fields, entity, plain)["x_secret"]["id"]
    fields.session.commit()
    for role, status in (("mgr", 200), ("purch", 404)):
        person = client_as(role)
        assert person.get(f"/files/{number}").status_code == status
        assert ("margin.pdf" in person.get(f"/purchasing/order/{plain.id}").text) is (status == 200)
    with hub.context(other_tenant) as other, pytest.raises(NotFound):
        files.attachment(other, number)
