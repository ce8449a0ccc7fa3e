"""The walls between tenants, each tried on its own: the session, the foreign keys, and PostgreSQL's row security."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session, aliased, selectinload

from core.data.models import Role, Setting, User
from core.data.tenancy import TenancyError, TenantSession
from core.entities import crud
from core.errors import NotFound
from tests.thirdparty.samples.models import Maker, Request, RequestLine


@pytest.fixture
def theirs(hub, other_tenant, ask):
    """A maker and a request of the other tenant: (maker id, request id)."""
    with hub.context(other_tenant) as ctx:
        maker = Maker(code="M1", name="Theirs")
        ctx.session.add(maker)
        ctx.session.flush()
        row = ask(ctx, notes="secret", maker=maker)
        return maker.id, row.id


# --- wall 1: the session -------------------------------------------------------------------------------------------------


def _everything(session):
    """Ways of reading that must all come back without the other tenant's rows."""
    twin = aliased(Request)
    yield session.scalars(select(Request)).all()
    yield session.scalars(select(twin)).all()
    yield session.execute(select(Request.id, Request.notes)).all()
    yield session.scalars(select(Request).join(RequestLine, RequestLine.request_id == Request.id)).all()
    yield session.scalars(select(RequestLine).where(RequestLine.request_id.in_(select(Request.id)))).all()
    yield session.scalars(
        select(Maker).where(select(Request.id).where(Request.maker_id == Maker.id).exists())
    ).all()
    yield session.scalars(select(Request).options(selectinload(Request.lines))).all()
    yield session.execute(select(twin.id, Maker.id).outerjoin(Maker, Maker.id == twin.maker_id)).all()
    yield session.scalars(select(Request.id).union_all(select(Maker.id))).all()
    inner = select(Request.notes).subquery()
    yield session.execute(select(inner.c.notes)).all()
    cte = select(Request.id).cte()
    yield session.execute(select(cte.c.id)).all()
    yield [n for n in [session.scalar(select(func.count()).select_from(Request))] if n]
    yield session.query(Request).all()


def test_no_way_of_reading_reaches_another_tenant(ctx, theirs):
    for found in _everything(ctx.session):
        assert found == []


def test_the_same_ways_do_find_rows_of_the_own_tenant(hub, other_tenant, theirs):
    with hub.context(other_tenant) as ctx:
        for found in _everything(ctx.session):
            assert len(found) >= 1


def test_a_row_cannot_be_fetched_by_its_key(ctx, theirs, tenant, other_tenant):
    _maker, request = theirs
    assert ctx.session.get(Request, (tenant.id, request)) is None
    assert ctx.session.get(Request, (other_tenant.id, request)) is None
    with pytest.raises(NotFound, match="no such"):
        crud.get_row(ctx, ctx.registry.get("samples.request"), request)
    with pytest.raises(NotFound):
        crud.get_row(ctx, ctx.registry.get("samples.request"), "SR-2026-0001")


def test_update_and_delete_leave_other_tenants_alone(hub, ctx, other_tenant, theirs):
    assert ctx.session.execute(update(Request).values(notes="taken")).rowcount == 0
    assert ctx.session.execute(delete(RequestLine)).rowcount == 0
    ctx.session.commit()
    with hub.context(other_tenant) as their:
        row = crud.get_row(their, their.registry.get("samples.request"), "SR-2026-0001")
        assert (row.notes, len(row.lines)) == ("secret", 1)


def test_a_new_row_is_stamped_and_cannot_claim_another_tenant(ctx, tenant, other_tenant):
    mine = Maker(code="A", name="A")
    ctx.session.add(mine)
    ctx.session.flush()
    assert mine.tenant_id == tenant.id
    ctx.session.add(Maker(code="B", name="B", tenant_id=other_tenant.id))
    with pytest.raises(TenancyError, match="another tenant"):
        ctx.session.flush()
    ctx.session.expunge_all()


def test_a_row_cannot_be_moved_to_another_tenant(ctx, other_tenant):
    mine = Maker(code="A", name="A")
    ctx.session.add(mine)
    ctx.session.flush()
    mine.tenant_id = other_tenant.id
    with pytest.raises(TenancyError, match="another tenant"):
        ctx.session.flush()
    ctx.session.expunge_all()


@pytest.mark.parametrize("how", ["change", "delete"])
def test_a_row_loaded_elsewhere_cannot_be_changed_or_deleted_here(hub, ctx, other_tenant, theirs, how):
    with hub.context(other_tenant) as their:
        foreign = their.session.scalars(select(Maker)).one()
        their.session.expunge_all()
    if how == "change":
        ctx.session.add(foreign)
        foreign.name = "ours now"
    else:
        ctx.session.delete(foreign)
    with pytest.raises(TenancyError, match="another tenant"):
        ctx.session.flush()
    ctx.session.expunge_all()


def test_bulk_rows_are_stamped_and_foreign_ones_refused(ctx, tenant, other_tenant):
    ctx.session.insert_many(Maker, [{"code": "A", "name": "A", "version": 1, "inhouse": False}])
    assert ctx.session.scalars(select(Maker.tenant_id)).all() == [tenant.id]
    with pytest.raises(TenancyError, match="in a session of tenant"):
        ctx.session.insert_many(Maker, [{"code": "B", "name": "B", "tenant_id": other_tenant.id}])


def test_hand_written_sql_must_name_the_tenant(ctx, theirs):
    with pytest.raises(TenancyError, match=":tenant"):
        ctx.session.raw("SELECT * FROM samples_request")
    assert ctx.session.raw("SELECT id FROM samples_request WHERE tenant_id = :tenant").all() == []


def test_what_is_related_is_limited_too(hub, ctx, tenant, theirs):
    """A row whose reference was forced onto another tenant's id loads nothing through it."""
    maker, _request = theirs
    row = Request(tenant_id=tenant.id, number="X", state="draft", notes="", urgent=False)
    ctx.session.add(row)
    ctx.session.flush()
    row.__dict__["maker_id"] = maker
    assert row.maker is None


def test_the_platform_session_knows_no_tenant_rows(hub, tenant):
    with hub.platform() as session:
        assert session.scalars(select(User.id).limit(1)).all() is not None
        with pytest.raises(TenancyError, match="open a tenant session"):
            session.scalars(select(Role)).all()
    with hub.platform() as session:
        session.add(Setting(tenant_id=tenant.id, key="k", value=1))
        with pytest.raises(TenancyError, match="open a tenant session"):
            session.flush()
        session.rollback()


# --- wall 2: the keys, with the session's guard out of the way --------------------------------------------------------------


@pytest.fixture
def bare(hub, tenant):
    """A plain session without the guard. On PostgreSQL it speaks for ``tenant``, as row security needs somebody."""
    with Session(hub.engine) as session:
        if hub.engine.dialect.name == "postgresql":
            session.execute(text(f"SET LOCAL app.tenant_id = '{tenant.id}'"))
        yield session
        session.rollback()


def test_the_database_refuses_a_reference_into_another_tenant(bare, tenant, theirs):
    maker, _request = theirs
    row = {
        "number": "X",
        "state": "draft",
        "notes": "",
        "urgent": False,
        "version": 1,
        "tenant_id": tenant.id,
    }
    bare.execute(insert(Request), [row])
    with pytest.raises(IntegrityError):
        bare.execute(insert(Request), [{**row, "number": "Y", "maker_id": maker}])


def test_the_database_refuses_to_point_an_old_row_elsewhere(bare, tenant, theirs):
    maker, _request = theirs
    bare.execute(
        insert(Request),
        [
            {
                "number": "X",
                "state": "draft",
                "notes": "",
                "urgent": False,
                "version": 1,
                "tenant_id": tenant.id,
            }
        ],
    )
    with pytest.raises(IntegrityError):
        bare.execute(update(Request).where(Request.tenant_id == tenant.id).values(maker_id=maker))


def test_two_tenants_may_use_the_same_code(hub, tenant, other_tenant):
    for each in (tenant, other_tenant):
        with hub.context(each) as ctx:
            ctx.session.add(Maker(code="SAME", name="Same"))


# --- wall 3: row-level security, with the session's guard out of the way -----------------------------------------------------


@pytest.fixture
def secured(hub, bare):
    if hub.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no row-level security")
    if hub.config.partition:
        pytest.skip("these statements name no tenant on purpose; tried on unsplit tables")
    return bare


def test_row_security_hides_other_tenants(secured, theirs):
    assert secured.scalars(select(Request)).all() == []
    assert secured.execute(text("SELECT count(*) FROM samples_request")).scalar_one() == 0


def test_row_security_protects_other_tenants_rows(secured, theirs):
    assert secured.execute(update(Request).values(notes="x")).rowcount == 0
    assert secured.execute(delete(RequestLine)).rowcount == 0


def test_row_security_refuses_rows_for_another_tenant(secured, other_tenant):
    with pytest.raises(DatabaseError, match="row-level security"):
        secured.execute(
            insert(Maker), [{"code": "Z", "name": "Z", "version": 1, "tenant_id": other_tenant.id}]
        )


def test_without_a_tenant_nothing_is_seen(hub, theirs):
    if hub.engine.dialect.name != "postgresql" or hub.config.partition:
        pytest.skip("needs unsplit PostgreSQL")
    with hub.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM samples_request")).scalar_one() == 0
        # a setting of an earlier transaction on the same connection is gone
        connection.execute(text("SET LOCAL app.tenant_id = '1'"))
        connection.rollback()
        assert connection.execute(text("SELECT count(*) FROM samples_request")).scalar_one() == 0


def test_every_tenant_table_is_behind_the_wall(hub):
    """Structure: each table with a tenant has the key, the policy, and only tenant-wide references."""
    from core.data.db import Base, tenant_tables

    for table in Base.metadata.sorted_tables:
        assert table.info.get("global") or table.info.get("tenant"), table.name
    for table in tenant_tables():
        assert not table.c.tenant_id.nullable
        for key in table.foreign_key_constraints:
            if key.referred_table.info.get("tenant"):
                assert [c.name for c in key.columns][0] == "tenant_id", (table.name, key.name)
                assert [e.column.name for e in key.elements] == ["tenant_id", "id"], (table.name, key.name)
                assert key.ondelete in ("RESTRICT", "CASCADE"), (table.name, key.name)
    if hub.engine.dialect.name == "postgresql":
        with hub.engine.connect() as connection:
            policies = set(
                connection.execute(
                    text("SELECT tablename FROM pg_policies WHERE policyname='tenant_wall'")
                ).scalars()
            )
        assert {t.name for t in tenant_tables()} <= policies


def test_a_session_belongs_to_one_tenant_for_life(hub, tenant):
    with TenantSession(hub.engine, tenant.id) as session:
        with pytest.raises(AttributeError):
            session.tenant_id = 99  # type: ignore[misc]
        assert session.tenant_id == tenant.id
