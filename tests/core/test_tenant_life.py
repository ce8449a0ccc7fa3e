"""A company from its beginning to its end: made like another one, exported, deleted with everything of it, put back."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from core.api import get_row
from core.data import migrate, walls
from core.data.models import User
from core.data.signing import SecurityEvent, SignIn
from core.kernel import accounts, tenants, transfer
from core.remote import describe_row, perform
from core.testing.databases import engine_name
from core.testing.plugin import PASSWORD
from core.vault import heads
from plugins.base_files import api as files
from tests.core.vaultworld import fill, rows, run, stored

ON_SPLIT_TABLES = ("test_a_deleted_company_leaves_nothing_and_can_be_put_back",)


@pytest.fixture(autouse=True)
def _slow_on_split_tables(request):
    if engine_name() == "pghash" and request.function.__name__ not in ON_SPLIT_TABLES:
        pytest.skip("the same on unsplit tables, and slow here")


def of_company(hub, number: int) -> dict[str, int]:
    """How many rows of a company each table has."""
    engine, found = migrate.owner_engine(hub), {}
    with engine.connect() as connection:
        names = [t for t in sa.inspect(connection).get_table_names() if t[-3:-1] != "_p"]
        for name in names:
            columns = {c["name"] for c in sa.inspect(connection).get_columns(name)}
            if "tenant_id" in columns:
                if connection.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SET LOCAL app.tenant_id = '{number}'")
                found[name] = connection.exec_driver_sql(
                    f'SELECT count(*) FROM "{name}" WHERE tenant_id = {number}'
                ).scalar_one()
    engine.dispose()
    return {name: n for name, n in found.items() if n}


def test_a_deleted_company_leaves_nothing_and_can_be_put_back(new_hub, tmp_path, capsys):
    hub = fill(new_hub())
    company, other = hub.tenant_info("A"), hub.tenant_info("B")
    accounts.create_user(hub, "carl@a.test", "Carl", PASSWORD)
    accounts.add_member(hub, company, "carl@a.test", ["admin"])
    carl = hub.user_info("carl@a.test", company).id
    with hub.platform() as db:
        db.add(SecurityEvent(at=sa.func.current_timestamp(), event="sign_in", who="carl@a.test"))
        db.add(SecurityEvent(at=sa.func.current_timestamp(), event="export", who="ann@a.test", company="A"))
    code, out, err = run(hub, capsys, "audit", "verify", "--tenant", "A")
    before, untouched = of_company(hub, company.id), of_company(hub, other.id)
    assert {"core_audit", "core_movement", "core_seal", "core_job", "core_membership"} & before.keys()
    code, _out, err = run(
        hub, capsys, "tenant", "delete", "A", "--name", "B", "--export", tmp_path / "no.zip"
    )
    assert (code, "not the name" in err, (tmp_path / "no.zip").exists()) == (1, True, False)
    file = tmp_path / "a.zip"
    code, out, err = run(hub, capsys, "tenant", "delete", "A", "--name", "Company A", "--export", file)
    assert code == 0, err
    assert "carl@a.test" in out
    assert of_company(hub, company.id) == {}
    assert not (hub.config.data / "files" / str(company.id)).exists()
    assert heads.noted(heads.place(hub), "A") == []
    with hub.platform(write=False) as db:
        assert list(db.scalars(sa.select(User.email).order_by(User.email))) == ["ann@a.test", "bob@b.test"]
        assert db.scalars(sa.select(SignIn).where(SignIn.user_id == carl)).all() == []
        assert {e.company for e in db.scalars(sa.select(SecurityEvent))} <= {"B"}
    assert of_company(hub, other.id) == untouched
    with hub.engine.connect() as connection:
        assert walls.problems(hub) == [], connection  # what guards the rows of the others works again
    with pytest.raises(sa.exc.DBAPIError), hub.context("B") as ctx:
        ctx.session.raw("DELETE FROM core_audit WHERE tenant_id = :tenant")
    code, out, err = run(hub, capsys, "tenant", "restore", file)
    assert (code, "Rows, sums, books and files are right." in out) == (0, True), err
    back = hub.tenant_info("A")
    assert of_company(hub, back.id) == before
    assert any(name.startswith(f"{back.id}/") for name in stored(hub))
    assert rows(hub)["core_tenant"]


def test_made_like_another_company(new_hub, tmp_path, capsys):
    hub = fill(new_hub())
    with hub.context("A") as ctx:
        ctx.set_setting("company", {**ctx.setting("company"), "address": "7 Silk Road", "logo": 9})
        ctx.session.execute(
            sa.text(
                "UPDATE core_series SET pattern = 'QQ-{0000}' WHERE code = 'samples.request' AND tenant_id = :t"
            ),
            {"t": ctx.tenant.id},
        )
    code, out, err = run(
        hub, capsys, "tenant", "create", "C", "Company C", "--feature", "samples", "--settings-of", "A"
    )
    assert code == 0, err
    with hub.context("C", write=False) as ctx:
        assert {"samples", "couriers", "goods"} <= ctx.enabled
        taken = transfer.take_out(ctx)
        assert taken["series"]["samples.request"] == "QQ-{0000}"
        assert "address" not in taken["company"], "its own facts are its own"
    document = tmp_path / "set.json"
    assert run(hub, capsys, "tenant", "settings", "A", "--out", document)[0] == 0
    given: dict[str, Any] = json.loads(document.read_text())
    assert "logo" not in given["company"]
    given["series"]["samples.request"] = "no digits"
    given["roles"]["spy"] = {"name": "Spy", "names": None, "rights": ["core.operate", "nothing.at.all"]}
    given["settings"]["nobody.knows"] = 1
    document.write_text(json.dumps(given))
    code, out, err = run(hub, capsys, "tenant", "settings", "C", "--in", document, "--check")
    assert (code, "7 Silk Road" in out) == (0, True), err
    assert err.count("left out:") == 2
    with hub.context("C", write=False) as ctx:
        assert "spy" not in transfer.take_out(ctx)["roles"], "nothing is changed by looking"
    assert run(hub, capsys, "tenant", "settings", "C", "--in", document)[0] == 0
    with hub.context("C", write=False) as ctx:
        found = transfer.take_out(ctx)
        assert (found["company"]["address"], found["series"]["samples.request"]) == (
            "7 Silk Road",
            "QQ-{0000}",
        )
        assert found["roles"]["spy"]["rights"] == [], "what only operators have is in no role"
        assert transfer.compare(ctx, {"format": transfer.FORMAT, "roles": found["roles"]}) == []
    document.write_text("{")
    assert run(hub, capsys, "tenant", "settings", "C", "--in", document)[0] == 1


def test_shut_and_opened_again(new_hub, capsys):
    hub = fill(new_hub())
    assert run(hub, capsys, "tenant", "suspend", "A")[0] == 0
    assert "A" not in {t.code for t in hub.tenants()}
    assert run(hub, capsys, "tenant", "resume", "A")[0] == 0
    assert "A" in {t.code for t in hub.tenants()}
    assert run(hub, capsys, "tenant", "suspend", "NOBODY")[0] == 1
    with pytest.raises(Exception, match="NOBODY"):
        tenants.open_tenant(hub, "NOBODY", on=True)


def test_files_in_custom_fields_come_back_with_their_company(new_hub, tmp_path, capsys):
    hub = fill(new_hub())
    with hub.context("A", "ann@a.test") as ctx:
        given = {"entity": "samples.request", "kind": "file", "code": "cad", "name": "CAD"}
        perform(ctx, ctx.registry.get("base_fields.field"), "create", None, given)
        entity = ctx.registry.get("samples.request")
        row = ctx.session.scalars(sa.select(entity.model).order_by(entity.model.id)).first()
        number = row.id
        perform(ctx, entity, "edit", row, {"fee": "12.34", "x_cad": ("note.txt", b"as agreed")})
        was = describe_row(ctx, entity, row)["x_cad"]
    file = tmp_path / "a.zip"
    assert run(hub, capsys, "tenant", "delete", "A", "--name", "Company A", "--export", file)[0] == 0
    assert run(hub, capsys, "tenant", "restore", file)[0] == 0
    with hub.context("A", "ann@a.test", write=False) as ctx:
        entity = ctx.registry.get("samples.request")
        told = describe_row(ctx, entity, get_row(ctx, entity, number))["x_cad"]
        assert told == was
        assert files.blob_bytes(ctx, files.attachment(ctx, told["id"]).file) == b"as agreed"
