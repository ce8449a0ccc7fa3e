"""A hub whose database was weakened does not start, and ``hub check --deploy`` refuses what no people may be put before."""

from __future__ import annotations

import os
import time
from dataclasses import replace

import pytest
from sqlalchemy import text

from core.data import migrate
from core.errors import StartError
from core.kernel import accounts, second_factor
from core.kernel.config import key_fault
from core.kernel.file_store import Folder
from core.kernel.hub import Hub
from core.testing.databases import engine_name
from core.testing.plugin import PASSWORD
from core.web.app import create_app
from plugins.base_demo.demo import loader
from plugins.base_people.services import passwords
from tests.core.vaultworld import goods, run
from tests.thirdparty.couriers import plugin as couriers
from tests.thirdparty.samples import plugin as samples

APP = "{app}"
WEAKENED = {
    "a policy that lets all through": (
        "ALTER POLICY tenant_wall ON samples_request USING (true) WITH CHECK (true)",
        "the policy of table samples_request is not the hub's",
    ),
    "a policy with an exception": (
        "ALTER POLICY tenant_wall ON core_audit USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint "
        "OR current_user = 'x')",
        "the policy of table core_audit is not the hub's",
    ),
    "a second policy": (
        "CREATE POLICY open ON samples_request FOR SELECT USING (true)",
        "the policy of table samples_request is not the hub's",
    ),
    "a policy taken away": (
        "DROP POLICY tenant_wall ON samples_request",
        "samples_request has no row-level security",
    ),
    "row-level security off": (
        "ALTER TABLE samples_request DISABLE ROW LEVEL SECURITY",
        "samples_request has no row-level security",
    ),
    "audit may be changed": (
        f"GRANT UPDATE, DELETE ON core_audit TO {APP}",
        "may DELETE and UPDATE on core_audit",
    ),
    "one column of it": (f"GRANT UPDATE (reason) ON core_audit TO {APP}", "may UPDATE on core_audit"),
    "everybody may": ("GRANT DELETE ON core_movement TO PUBLIC", "may DELETE on core_movement"),
    "tables may be emptied": (
        f"GRANT TRUNCATE ON samples_request TO {APP}",
        "may TRUNCATE on samples_request",
    ),
    "a right is missing": (f"REVOKE INSERT ON samples_stamp FROM {APP}", "may not INSERT on samples_stamp"),
    "triggers off": (
        "ALTER TABLE core_movement DISABLE TRIGGER USER",
        "trigger core_movement_no_row of table core_movement",
    ),
    "one trigger for replicas only": (
        "ALTER TABLE core_audit ENABLE REPLICA TRIGGER core_audit_no_row",
        "trigger core_audit_no_row of table core_audit is switched off",
    ),
    "a trigger gone": (
        "DROP TRIGGER core_audit_no_statement ON core_audit",
        "core_audit lacks trigger core_audit_no_statement",
    ),
    "attachments may be deleted": (
        f"GRANT DELETE ON base_files_attachment TO {APP}",
        "may DELETE on base_files_attachment",
    ),
    "a trigger that looks at one column only": (
        "DROP TRIGGER base_files_attachment_no_row ON base_files_attachment; CREATE TRIGGER base_files_attachment_no_row "
        "BEFORE UPDATE OF kind OR DELETE ON base_files_attachment FOR EACH ROW EXECUTE FUNCTION hub_append_only()",
        "trigger base_files_attachment_no_row of table base_files_attachment is not the hub's",
    ),
    "the function refuses nobody": (
        "CREATE OR REPLACE FUNCTION hub_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "trigger core_audit_no_row of table core_audit is not the hub's",
    ),
}
BY_HAND = {
    "somebody else's trigger": (
        "CREATE FUNCTION other() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; "
        "CREATE TRIGGER quiet BEFORE INSERT ON core_audit FOR EACH ROW EXECUTE FUNCTION other()",
        "table core_audit has a trigger quiet that the hub did not make",
    ),
    "may act as the owner": (f"GRANT {{owner}} TO {APP}", "may act as their owner"),
}
ON_SQLITE = {
    "a trigger gone": ("DROP TRIGGER core_audit_no_update", "core_audit lacks trigger core_audit_no_update"),
    "a trigger that refuses nobody": (
        "DROP TRIGGER core_movement_no_delete; CREATE TRIGGER core_movement_no_delete BEFORE DELETE ON core_movement "
        "BEGIN SELECT 1; END",
        "trigger core_movement_no_delete of table core_movement is not the hub's",
    ),
}
ALIEN_ON_SQLITE = "CREATE TRIGGER quiet BEFORE INSERT ON core_audit BEGIN SELECT RAISE(IGNORE); END"


def _owner(hub: Hub, sql: str) -> None:
    names = {"app": hub.engine.url.username, "owner": migrate.make_engine(hub.config.owner_url).url.username}
    engine = migrate.owner_engine(hub)
    if hub.config.is_sqlite:
        raw = engine.raw_connection()
        raw.driver_connection.executescript(sql)  # type: ignore[union-attr]
        raw.close()
    else:
        with engine.begin() as connection:
            connection.execute(
                text(sql.replace("{app}", f'"{names["app"]}"').replace("{owner}", f'"{names["owner"]}"'))
            )
    engine.dispose()


def test_a_wall_that_was_weakened_is_seen_at_the_start_and_put_right_by_an_upgrade(new_hub, capsys):
    hub = new_hub()
    migrate.upgrade_database(hub)
    hub.check_ready()
    for name, (sql, words) in (ON_SQLITE if hub.config.is_sqlite else WEAKENED).items():
        _owner(hub, sql)
        with pytest.raises(StartError, match="not protected as it must be") as refused:
            hub.check_ready()
        assert words in str(refused.value), (name, str(refused.value))
        assert words in run(hub, capsys, "db", "check")[2], name
        migrate.upgrade_database(hub)
        hub.check_ready()


def test_what_no_upgrade_puts_right_is_told_too(new_hub):
    hub = new_hub()
    migrate.upgrade_database(hub)
    if hub.config.is_sqlite:
        _owner(hub, ALIEN_ON_SQLITE)
        with pytest.raises(StartError, match="core_audit has a trigger quiet that the hub did not make"):
            hub.check_ready()
        return
    for sql, words in BY_HAND.values():
        try:
            _owner(hub, sql)
        except Exception:  # noqa: BLE001 - an owner may not give itself away on every version
            continue
        with pytest.raises(StartError, match=words):
            hub.check_ready()


def test_an_application_that_owns_the_tables_is_refused(new_hub, capsys):
    if engine_name() == "sqlite":
        pytest.skip("SQLite has no roles")
    hub = new_hub()
    migrate.upgrade_database(hub)
    same = Hub(replace(hub.config, database_url=hub.config.owner_url), (samples, couriers, goods))
    for command in (("check",), ("db", "check")):
        code, _, err = run(same, capsys, *command)
        assert (code, "the application's role owns" in err) == (1, True), err
    same.engine.dispose()


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("x", "1 characters can be guessed"),
        ("0123456789abcdef0123456789abcde", "31 characters can be guessed"),
        ("passwordpasswordpasswordpassword", "7 different characters"),
        ("6f1c2a9e8d4b7035f1a2c3b4d5e6f708", ""),
    ],
)
def test_a_secret_key_that_can_be_guessed(key, said):
    assert said in key_fault(key)
    assert bool(said) == bool(key_fault(key))


@pytest.fixture
def deployed(new_hub, monkeypatch):
    """A hub as it may be put before people."""
    for name in ("HUB_TODAY", "HUB_TRACE", "FLASK_DEBUG", "HUB_SECRET_KEY", "HUB_SECRET_KEY_FALLBACKS"):
        monkeypatch.delenv(name, raising=False)
    hub = new_hub()
    migrate.upgrade_database(hub)
    os.chmod(hub.config.data, 0o700)
    hub.config = replace(
        hub.config, secure_cookies=True, trusted_hosts=("hub.example",), public_url="https://hub.example"
    )
    return hub


@pytest.mark.once
@pytest.mark.more
def test_each_thing_that_is_not_ready_is_named_with_its_remedy(deployed, monkeypatch, capsys):
    """Core asks itself, plugins by ``deployment_faults``."""

    def told(hub: Hub) -> str:
        code, _, err = run(hub, capsys, "check", "--deploy")
        assert code == (1 if err else 0)
        return err

    assert told(deployed) == ""
    ready = deployed.config
    for change, words in (
        ({"secure_cookies": False}, "[server] secure_cookies = true"),
        ({"trusted_hosts": ()}, "[server] trusted_hosts"),
        ({"public_url": "http://hub.example"}, "[server] public_url"),
    ):
        deployed.config = replace(ready, **change)
        assert words in told(deployed)
        assert run(deployed, capsys, "check")[0] == 0
    deployed.config = ready
    for name, value, words in (
        ("HUB_SECRET_KEY", "x", "a secret key of 1 characters can be guessed"),
        ("HUB_SECRET_KEY_FALLBACKS", "y", "a secret key of 1 characters can be guessed"),
        ("HUB_TODAY", "2026-11-23", "HUB_TODAY is set"),
        ("HUB_TRACE", "1", "HUB_TRACE is set"),
        ("FLASK_DEBUG", "1", "FLASK_DEBUG is set"),
    ):
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            assert words in told(deployed), name
    os.chmod(ready.data, 0o750)
    assert f"other accounts of this machine can read {ready.data}. chmod 700" in told(deployed)
    os.chmod(ready.data, 0o700)
    (ready.data / "fonts").mkdir(mode=0o755)
    loader.create_user(deployed, loader.email_of("admin"), "Admin", loader.PASSWORD)
    said = told(deployed)
    assert f"1 files and folders in {ready.data} are open to other accounts" in said
    assert "admin@demo.example signs in with the demo's password" in said
    loader.create_tenant(deployed, "FAT", "Demo", demo=True)
    assert "FAT is a demo company with known passwords" in told(deployed)


@pytest.mark.once
def test_what_the_hub_makes_is_for_nobody_else_to_read(tmp_path, new_hub):
    old = os.umask(0o022)
    try:
        hub = new_hub()
        made = Hub(replace(hub.config, data=tmp_path / "a" / "b", database_url=f"sqlite:///{tmp_path}/x.db"))
        migrate.upgrade_database(hub)
        made.config.secret_key()
        Folder(made.config.data / "files").put("1/ab/abc", b"x")
    finally:
        os.umask(old)
    for place in (made.config.data, *made.config.data.rglob("*")):
        assert place.stat().st_mode & 0o777 == (0o700 if place.is_dir() else 0o600), place
    for file in (tmp_path / "x.db", made.config.data / "secret_key", *hub.config.data.glob("hub.db*")):
        assert file.stat().st_mode & 0o077 == 0, file


@pytest.mark.once
def test_after_the_key_was_changed_people_stay_signed_in_until_the_old_one_goes(deployed, monkeypatch):
    old, new = "old-" + "0123456789abcdef" * 2, "new-" + "fedcba9876543210" * 2
    monkeypatch.setenv("HUB_SECRET_KEY", old)
    before = create_app(deployed)
    with before.test_request_context():
        signed = before.session_interface.get_signing_serializer(before).dumps({"_user_id": "1"})
    link = passwords._serializer(deployed).dumps([1, "mark"])
    monkeypatch.setenv("HUB_SECRET_KEY", new)
    monkeypatch.setenv("HUB_SECRET_KEY_FALLBACKS", old)
    after = create_app(deployed)
    assert after.session_interface.get_signing_serializer(after).loads(signed) == {"_user_id": "1"}
    assert passwords._serializer(deployed).loads(link) == [1, "mark"]
    assert deployed.config.secret_keys() == [old, new]
    monkeypatch.delenv("HUB_SECRET_KEY_FALLBACKS")
    gone = create_app(deployed)
    with pytest.raises(Exception, match="does not match"):
        gone.session_interface.get_signing_serializer(gone).loads(signed)


@pytest.mark.once
def test_a_second_factor_goes_on_under_the_old_key_while_it_is_named(deployed, monkeypatch):
    old, new = "old-" + "0123456789abcdef" * 2, "new-" + "fedcba9876543210" * 2
    monkeypatch.setenv("HUB_SECRET_KEY", old)
    person = accounts.create_user(deployed, "ann@a.test", "Ann", PASSWORD)
    secret = second_factor.new_secret(deployed)
    app = second_factor._maker(deployed).from_source(secret)
    with deployed.platform() as db:
        codes = second_factor.add_factor(deployed, db, person, secret, app.generate(time.time() - 30).token)
    assert codes
    monkeypatch.setenv("HUB_SECRET_KEY", new)
    assert not second_factor.check_code(deployed, person, codes[0])
    assert not second_factor.check_code(deployed, person, app.generate().token)
    monkeypatch.setenv("HUB_SECRET_KEY_FALLBACKS", old)
    assert second_factor.check_code(deployed, person, codes[0])
    assert not second_factor.check_code(deployed, person, codes[0])
    assert second_factor.check_code(deployed, person, app.generate().token)
