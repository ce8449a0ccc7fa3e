"""Hubs of their own that are backed up, destroyed and tampered with; and what is in them, read past the hub."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import ModuleType

import sqlalchemy as sa
from sqlalchemy import create_engine, text

from core import ledger
from core.api import Declare, Manifest, T, hookimpl
from core.cli import main
from core.data import migrate
from core.entities import crud
from core.kernel import accounts, tenants
from core.kernel.hub import Hub
from core.ledger import Item, Move, Place
from core.testing.plugin import PASSWORD
from core.vault import chain
from plugins.base_files import api as files
from plugins.base_files.services import remarks

D = Decimal
CLOTH, STORE, SUPPLIER = Item("material", 7, color_id=3), Place("store", 1), Place("supplier", 5)


def _declare(registry: Declare) -> None:
    for code, inside in (("store", True), ("supplier", False)):
        registry.place_kind(ledger.PlaceKind(code, T(code), inside=inside))
    registry.item_kind(ledger.ItemKind("material", T("material"), frozenset({"color"})))
    registry.movement_kind(ledger.MovementKind("receipt", T("Receipt")))


goods = ModuleType("goods")
goods.__file__ = "/nowhere/goods/plugin.py"
goods.manifest = Manifest(name="goods", title=T("Goods"), version="1", summary=T("Goods"))  # type: ignore[attr-defined]
goods.register = hookimpl(_declare, specname="register")  # type: ignore[attr-defined]


def fill(hub: Hub) -> Hub:
    """Two companies at work: documents, stock, files, people, and the odd things that are easily lost."""
    migrate.upgrade_database(hub)
    accounts.create_user(hub, "ann@a.test", "Ann", PASSWORD)
    accounts.create_user(hub, "bob@b.test", "Bob", PASSWORD)
    for code, people in (("A", ["ann@a.test"]), ("B", ["ann@a.test", "bob@b.test"])):
        info = tenants.create_tenant(hub, code, f"Company {code}", plugins=["samples", "couriers", "goods"])
        for person in people:
            accounts.add_member(hub, info, person, ["admin"])
        with hub.context(info, people[-1]) as ctx:
            for i in range(4):
                crud.save_row(
                    ctx,
                    ctx.registry.get("samples.request"),
                    None,
                    {"notes": f"襯衫 {i}\n“x”", "fee": D("12.3456")},
                    {"lines": [{"article": f"{code}{i}", "pieces": i + 1, "fabric": D("0.000001")}]},
                )
            ctx.session.flush()
            ledger.post(
                ctx,
                [Move("receipt", CLOTH, SUPPLIER, STORE, D("20.5"))],
                entity="samples.request",
                entity_id=1,
                on=date(2026, 11, 2),
            )
            ledger.reverse(ctx, entity="samples.request", entity_id=1, on=date(2026, 11, 3))
            ctx.set_setting("odd", {"nothing": None, "text": "null", "é": [1, "2.50"]})
            blob = files.keep_blob(ctx, f"%PDF of {code}".encode(), "application/pdf")
            ctx.session.add(
                files.Attachment(entity="samples.request", entity_id=1, file_id=blob.id, filename="a.pdf", at=ctx.now(),
                                 user_name=ctx.actor)
            )  # fmt: skip
            remarks.add_remark(ctx, "samples.request", 1, "as agreed")
            gone = crud.save_row(
                ctx, ctx.registry.get("samples.maker"), None, {"code": "GONE", "name": "Gone"}
            )
            ctx.session.flush()
            crud.delete_row(ctx, ctx.registry.get("samples.maker"), gone)
        chain.seal(hub, info)
    return hub


def owner(hub: Hub, *statements: str) -> None:
    """Statements of the owner, or of whoever has the file: past the hub."""
    engine = migrate.owner_engine(hub)
    with engine.begin() as connection:
        for sql in statements:
            connection.exec_driver_sql(sql.replace("%", "%%"))
    engine.dispose()


def tamper(hub: Hub, table: str, *statements: str) -> None:
    """Statements with the triggers of a table off, of somebody who may do everything (row-level security is past)."""
    if hub.config.is_sqlite:
        engine = migrate.owner_engine(hub)
        with engine.begin() as connection:
            kept = connection.exec_driver_sql(
                f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'"
            ).all()
            for name, _ in kept:
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
            for sql in (*statements, *(sql for _, sql in kept)):
                connection.exec_driver_sql(sql)
        engine.dispose()
        return
    engine = create_engine(hub.address.replace("postgresql:", "postgresql+psycopg:"))  # type: ignore[attr-defined]
    with engine.begin() as connection:
        for sql in (
            f"ALTER TABLE {table} DISABLE TRIGGER USER",
            *statements,
            f"ALTER TABLE {table} ENABLE TRIGGER USER",
        ):
            connection.exec_driver_sql(sql)
    engine.dispose()


def rows(hub: Hub) -> dict[str, list[tuple[str, ...]]]:
    """Every row of every table as the database shows it, read past the hub."""
    engine = create_engine(hub.address.replace("postgresql:", "postgresql+psycopg:"))  # type: ignore[attr-defined]
    with engine.connect() as connection:
        names = [n for n in sa.inspect(connection).get_table_names() if n[-3:-1] != "_p"]
        found = {
            n: sorted(tuple(map(repr, r)) for r in connection.execute(text(f'SELECT * FROM "{n}"')))
            for n in names
        }
    engine.dispose()
    return found


def stored(hub: Hub) -> dict[str, bytes]:
    root = hub.config.data / "files"
    return {str(f.relative_to(root)): f.read_bytes() for f in root.rglob("*") if f.is_file()}


def run(hub: Hub, capsys, *arguments: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main.run([str(a) for a in arguments], hub)
    said = capsys.readouterr()
    return code, said.out, said.err
