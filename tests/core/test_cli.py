"""The command line reaches what the screens reach, with the same rights, the same audit, and exact figures."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from core.cli import main
from core.cli.serving import is_loopback, refuse_open_demo
from core.data.models import User
from core.data.signing import SecondFactor
from core.entities import audit
from core.errors import PluginFailed, StartError
from core.kernel.second_factor import has_factor
from plugins.base_demo.commands import clear
from tests.thirdparty.samples.models import Request


@pytest.fixture
def hub_command(hub, tenant, capsys):
    """``hub_command("list", "samples.request")`` → (exit code, stdout, stderr); for ``tenant`` unless told otherwise."""

    def run(*arguments: str, tenant_code: str | None = tenant.code) -> tuple[int, str, str]:
        capsys.readouterr()
        wants = arguments[0] in ("list", "show", "do") or arguments[:1] == ("plugin",)
        more = ["--tenant", tenant_code] if tenant_code and wants else []
        code = main.run([*arguments, *more], hub)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def answer(hub_command):
    """The same, for commands that must succeed and print JSON."""

    def run(*arguments: str):
        code, out, err = hub_command(*arguments, "--json")
        assert (code, err) == (0, ""), err
        return json.loads(out)

    return run


@pytest.fixture
def lines(tmp_path) -> str:
    path = tmp_path / "lines.json"
    path.write_text(
        '[{"article": "襯衫", "pieces": 3, "price": 1.10, "fabric": "0.000001"}, {"article": "B", "pieces": "2"}]',
        encoding="utf-8",
    )
    return f"lines=@{path}"


def test_a_document_from_first_to_last(answer, hub, tenant, lines, user_of):
    made = answer("do", "samples.request.create", "notes=hello", "fee=12.30", "urgent=yes", lines)
    assert made["key"] == "SR-2026-0001"
    number = made["key"]
    assert made["wanted"] == "2026-11-30"  # started as on the screen: a week from today
    assert answer("do", "samples.request.edit", number, "notes=changed")["fee"] == "12.3"
    sent = answer("do", "samples.request.send", number, "--as", user_of("merch").email)
    assert (sent["state"], sent["message"]) == ("sent", f"{number} was sent.")
    shown = answer("show", "samples.request", number)
    assert shown["figures"] == {"pieces": 5, "total": "3.3"}
    assert [{k: v for k, v in line.items() if k != "id"} for line in shown["lines"]] == [
        {"article": "襯衫", "pieces": 3, "price": "1.1", "fabric": "0.000001"},
        {"article": "B", "pieces": 2, "price": None, "fabric": None},
    ]
    assert shown["actions"] == ["finish", "hand_over", "remind", "stamp"]
    with hub.context(tenant, write=False) as ctx:
        entries = audit.audit_history(ctx, "samples.request", shown["id"])
        assert [(e.action, e.user_name) for e in entries] == [
            ("send", "Merch"),
            ("edit", "system"),
            ("create", "system"),
        ]


def test_no_number_of_the_output_is_a_float(answer, lines):
    number = answer("do", "samples.request.create", "fee=0.1", lines)["key"]

    def walk(value):
        assert not isinstance(value, float)
        if isinstance(value, dict | list):
            for each in value.values() if isinstance(value, dict) else value:
                walk(each)

    walk(answer("show", "samples.request", number))
    walk(answer("list", "samples.request"))


def test_a_table_is_replaced_and_keeps_the_rows_that_stay(answer, lines):
    made = answer("do", "samples.request.create", lines)
    new = 'lines=[{"article": "B", "pieces": 9}, {"article": "C", "pieces": 1}]'
    changed = answer("do", "samples.request.edit", made["key"], new)
    assert [(line["article"], line["pieces"]) for line in changed["lines"]] == [("B", 9), ("C", 1)]
    assert changed["lines"][0]["id"] == made["lines"][1]["id"]


def test_one_language_of_a_name_leaves_the_others(answer):
    answer("do", "samples.maker.create", "code=M", "name=Maker", "names.zh_Hant_TW=打樣")
    changed = answer("do", "samples.maker.edit", "M", "names.en=Sampler")
    assert changed["names"] == {"en": "Sampler", "zh_Hant_TW": "打樣"}
    assert answer("do", "samples.maker.edit", "M", "inhouse=yes", "since=2020/1/2")["since"] == "2020-01-02"
    assert answer("do", "samples.maker.edit", "M", "name=Other")["inhouse"] is True


def test_lists_filter_search_sort_and_limit(answer):
    answer("do", "samples.maker.create", "code=M", "name=Maker")
    for i in range(5):
        maker = ["maker=m"] if i % 2 else []
        answer("do", "samples.request.create", f"notes=note {i}", f"fee={i}.5", *maker)
    found = answer(
        "list",
        "samples.request",
        "--filter",
        "maker=M",
        "--sort",
        "number",
        "--column",
        "number",
        "--column",
        "fee",
    )
    assert found == {
        "total": 2,
        "more": False,
        "rows": [{"number": "SR-2026-0002", "fee": "1.5"}, {"number": "SR-2026-0004", "fee": "3.5"}],
    }
    assert [r["maker"] for r in answer("list", "samples.request", "--limit", "2")["rows"]] == [None, "M"]
    assert len(answer("list", "samples.request", "--limit", "0")["rows"]) == 5
    assert len(answer("list", "samples.request", "--limit", "2", "--page", "3")["rows"]) == 1
    assert [r["number"] for r in answer("list", "samples.request", "--search", "note 3")["rows"]] == [
        "SR-2026-0004"
    ]


def test_for_people(hub_command, lines):
    hub_command("do", "samples.request.create", "notes=hello", lines)
    code, out, _err = hub_command("list", "samples.request")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["Number", "SR-2026-0001"]
    code, out, _err = hub_command("show", "samples.request", "SR-2026-0001")
    assert "Sample request SR-2026-0001 (Draft)" in out
    assert "total: 3.3" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("list", "no.such"), "nothing called no.such"),
        (("list", "samples.request", "--filter", "colour=red"), "no filter colour"),
        (("list", "samples.request", "--filter", "colour"), "name=value"),
        (("list", "samples.request", "--sort", "colour"), "no column colour"),
        (("show", "samples.request", "SR-1"), "no Sample request “SR-1”"),
        (("show", "base_company.rate", "x"), "no Exchange rate “x”"),
        (("do", "samples.request.fly", "SR-2026-0001"), "no action fly"),
        (("do", "samples.request.send"), "Say which Sample request"),
        (("do", "samples.request.create", "fee=1.234"), "fee: At most 2 decimals."),
        (("do", "samples.request.create", "fee=-1"), "fee: At least 0."),
        (("do", "samples.request.create", "colour=red"), "colour: There is no field colour."),
        (("do", "samples.request.create", "number=MINE"), "number: This is not set by hand."),
        (("do", "samples.request.create", "maker=NOBODY"), "maker: There is no Sample maker “NOBODY”."),
        (("do", "samples.request.edit", "notes=x"), "Say which Sample request"),
        (("do", "samples.request.create", "a=1", "notes"), "field=value"),
        (("do", "samples.request.create", "lines=[1]"), "lines: A table is a JSON list of objects."),
        (("do", "samples.request.create", "lines={"), "lines: This is not JSON"),
        (
            ("do", "samples.request.create", 'lines=[{"article": "A", "pieces": 1.5}]'),
            "lines-0-pieces: Whole numbers only.",
        ),
        (
            ("do", "samples.request.create", 'lines=[{"article": "A", "pieces": 0}]'),
            "lines-0-pieces: A sample of nothing.",
        ),
        (("do", "samples.request.create", "lines=@/no/such/file"), "lines: /no/such/file cannot be read."),
        (("do", "samples.request.edit", "SR-2026-0001", "_version=x"), "_version: “x” is not a number."),
        (("do", "samples.request.stamp", "SR-2026-0001"), "word: This is needed."),
        (("do", "samples.request.delete", "SR-2026-0001"), "samples.request.delete"),
        (("list", "samples.request", "--as", "nobody@example.com"), "nobody@example.com does not work in"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(hub, tenant, hub_command, ask, arguments, message):
    with hub.context(tenant) as ctx:
        ask(ctx)
    code, out, err = hub_command(*arguments)
    assert (code, out) == (1, "")
    assert err.startswith("hub: ")
    assert message in err
    assert "Traceback" not in err
    with hub.context(tenant) as ctx:
        assert len(ctx.session.scalars(select(Request)).all()) == 1


def test_a_tenant_that_does_not_exist(hub_command):
    code, _out, err = hub_command("list", "samples.request", tenant_code="NOWHERE")
    assert (code, err) == (1, "hub: There is no tenant NOWHERE.\n")


def test_the_same_rights_as_on_the_screen(hub_command, hub, tenant, ask, user_of):
    with hub.context(tenant) as ctx:
        number = ask(ctx).number
    warehouse = user_of("wh").email
    for arguments in (
        ("do", "samples.request.create", "notes=x"),
        ("do", "samples.request.edit", number, "notes=x"),
        ("do", "samples.request.send", number),
    ):
        code, _out, err = hub_command(*arguments, "--as", warehouse)
        assert (code, "You do not have the right" in err) == (1, True), arguments
    stranger = user_of("").email
    for arguments in (("list", "samples.request"), ("show", "samples.request", number)):
        code, out, err = hub_command(*arguments, "--as", stranger)
        assert (code, out) == (1, "")
        assert "samples.request.view" in err


def test_nothing_of_another_tenant_is_found(hub_command, hub, other_tenant, ask):
    with hub.context(other_tenant) as ctx:
        number = ask(ctx, notes="secret").number
    assert hub_command("show", "samples.request", number)[0] == 1
    code, out, _err = hub_command("list", "samples.request", "--json")
    assert (code, json.loads(out)["rows"]) == (0, [])


def test_somebody_elses_change_is_noticed(hub_command, answer):
    number = answer("do", "samples.request.create", "notes=a")["key"]
    answer("do", "samples.request.edit", number, "notes=b", "_version=1")
    code, _out, err = hub_command("do", "samples.request.edit", number, "notes=c", "_version=1")
    assert code == 1
    assert "was changed by system" in err


def test_a_plugin_switched_off_is_gone_at_once(hub_command, answer):
    assert {p["name"]: p["on"] for p in answer("plugin", "list")}["samples"] is True
    code, _out, err = hub_command("plugin", "disable", "samples")
    assert (code, "needed by Couriers" in err) == (1, True)
    assert hub_command("plugin", "disable", "couriers")[0] == 0
    assert hub_command("plugin", "disable", "samples")[0] == 0
    assert "nothing called samples.request" in hub_command("list", "samples.request")[2]
    assert hub_command("plugin", "enable", "couriers")[1] == "On: samples, couriers.\n"
    assert hub_command("list", "samples.request")[0] == 0


def test_companies_and_people(hub, hub_command, monkeypatch):
    import io

    code, out, err = hub_command(
        "tenant", "create", "ACME-9", "Acme", "--base-currency", "eur", "--timezone", "Europe/Paris"
    )
    assert (code, err) == (0, "")
    assert hub.tenant_info("ACME-9").timezone == "Europe/Paris"
    assert "“ACME-9” exists already" in hub_command("tenant", "create", "ACME-9", "Acme")[2]
    assert "no time zone Mars/One" in hub_command("tenant", "create", "B", "B", "--timezone", "Mars/One")[2]
    assert "ACME-9" in hub_command("tenant", "list")[1]

    def create(*arguments: str, password: str = "a long road to Taipei"):
        monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
        return hub_command("user", "create", *arguments, "--password-stdin")

    assert "at least 12 characters" in create("zoe@acme.test", "Zoe", password="short")[2]
    assert "no role boss" in create("zoe@acme.test", "Zoe", "--tenant", "ACME-9", "--role", "boss")[2]
    assert create("zoe@acme.test", "Zoe", "--tenant", "ACME-9", "--role", "merch")[0] == 0
    with hub.context("ACME-9", "zoe@acme.test") as ctx:
        assert ctx.can("base_company.rate.view")
    assert "exists already" in create("zoe@acme.test", "Zoe")[2]
    code, out, _err = hub_command("user", "list", "--json")
    assert {"email": "zoe@acme.test", "name": "Zoe", "active": True, "tenants": ["ACME-9"]} in json.loads(out)
    assert hub_command("user", "roles", "zoe@acme.test", "--tenant", "ACME-9", "--role", "fin")[0] == 0
    with hub.platform() as db:
        zoe = db.scalars(select(User).where(User.email == "zoe@acme.test")).one()
        db.add(SecondFactor(user_id=zoe.id, secret="{}", counter=0, codes=[], made_at=datetime.now(UTC)))
    assert hub_command("user", "factor-off", "ZOE@acme.test")[0] == 0
    with hub.platform(write=False) as db:
        assert not has_factor(db, zoe.id)
    assert hub_command("user", "factor-off", "nobody@acme.test")[0] != 0


@pytest.mark.once
@pytest.mark.more
def test_the_database_and_the_start_are_checked(hub, hub_command):
    assert hub_command("db", "check") == (0, "The database is in order.\n", "")
    hub_command("plugin", "sync")  # what other tests left to bring on is not what this one asks
    assert hub_command("db", "upgrade")[1] == "Everything is up to date.\n"
    assert "There is no plugin nothing." in hub_command("db", "downgrade", "nothing", "--yes", "nothing")[2]
    with hub.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE gone_alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.exec_driver_sql("INSERT INTO gone_alembic_version VALUES ('gone_0001')")
    said = hub_command("db", "downgrade", "gone", "--yes", "gone")[2]
    assert "gone is not installed any more" in said
    assert "hub plugin purge gone" in said
    with hub.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE gone_alembic_version")
    assert "another name" in hub_command("db", "downgrade", "samples", "--yes", "couriers")[2]
    assert hub_command("check")[0] == 0


def test_wrongly_written_commands_show_how(hub_command):
    code, _out, err = hub_command("list")
    assert code == 2
    assert "Usage: hub list" in err


# --- serving ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "yes"),
    [
        ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False),
        ("10.0.0.1", False), ("hub.example.com", False), ("", False),
    ],
)  # fmt: skip
def test_loopback(host, yes):
    assert is_loopback(host) is yes


def test_a_demo_company_is_never_served_to_others(hub, make_tenant):
    make_tenant(demo=True, plugins=[])
    refuse_open_demo(hub, "127.0.0.1")
    with pytest.raises(
        StartError, match=r"demo company with known passwords.*127\.0\.0\.1 only, not on 0\.0\.0\.0"
    ):
        refuse_open_demo(hub, "0.0.0.0")


def test_a_reset_never_throws_real_companies_away(tmp_path, monkeypatch):
    from core.data import migrate
    from core.kernel import tenants
    from core.kernel.config import load_config
    from core.kernel.hub import Hub

    monkeypatch.setenv("HUB_DATA", str(tmp_path))
    monkeypatch.delenv("HUB_DATABASE_URL", raising=False)
    config = load_config(plugins=())
    real = Hub(config)
    migrate.upgrade_database(real)
    tenants.create_tenant(real, "DEMO", "Demo", demo=True)
    clear(config)
    assert not Path(config.database_url.removeprefix("sqlite:///")).exists()
    real = Hub(config)
    migrate.upgrade_database(real)
    tenants.create_tenant(real, "REAL", "Real")
    real.engine.dispose()
    with pytest.raises(StartError, match="also holds REAL"):
        clear(config)


def test_what_a_plugin_does_wrongly_is_one_line_that_names_it(hub_command, ask, hub, tenant, monkeypatch):
    with hub.context(tenant) as ctx:
        number = ask(ctx, notes="explode").number
    monkeypatch.delenv("HUB_TRACE", raising=False)
    code, _out, err = hub_command("do", "samples.request.stamp", number, "word=A")
    assert code == 1
    assert (
        "hub: plugin 'couriers' (given directly) failed, and nothing was saved: RuntimeError: the courier"
        in err
    )
    assert "Traceback" not in err
    assert len(err.splitlines()) == 1
    monkeypatch.setenv("HUB_TRACE", "1")
    with pytest.raises(PluginFailed):
        hub_command("do", "samples.request.stamp", number, "word=A")


# --- payloads --------------------------------------------------------------------------------------------------------------


def test_a_payload_comes_from_a_file_from_a_pipe_or_as_json(
    hub_command, answer, lines, tmp_path, monkeypatch
):
    number = answer("do", "samples.request.create", lines)["key"]
    path = tmp_path / "measures.json"
    measured = {"lines": [{"article": "A", "points": [{"point": "chest", "inches": "21.25"}]}]}
    path.write_text(json.dumps(measured), encoding="utf-8")
    answer("do", "samples.request.measure", number, "--payload", f"@{path}")
    monkeypatch.setattr("sys.stdin", io.StringIO('{"boxes": [{"pieces": 3, "weight": 1.10}]}'))
    answer("do", "samples.request.pack", number, "--payload", "-", "packed_on=2026-12-01")
    answer("do", "samples.request.pack", number, 'boxes=[{"box": 1, "pieces": 5}]')
    code, _out, err = hub_command(
        "do", "samples.request.pack", number, "--payload", '{"boxes": [{"pieces": 0}, {}]}'
    )
    assert (code, err) == (1, "hub: boxes.0.pieces: At least 1.\nhub: boxes.1.pieces: This is needed.\n")
    code, _out, err = hub_command("do", "samples.request.pack", number, "--payload", "[1]")
    assert (code, err) == (1, "hub: payload: A payload is a JSON object.\n")


def test_what_was_packed_is_on_record(hub_command, answer, hub, tenant, lines):
    number = answer("do", "samples.request.create", lines)["key"]
    answer("do", "samples.request.pack", number, 'boxes=[{"pieces": 3, "weight": 1.10}]')
    answer(
        "do",
        "samples.request.measure",
        number,
        'lines=[{"article": "A", "points": [{"point": "hip", "inches": "9.5"}]}]',
    )
    with hub.context(tenant) as ctx:
        row = ctx.session.scalars(select(Request).where(Request.number == number)).one()
        found = {e.action: e.changes for e in audit.audit_history(ctx, "samples.request", row.id)}
    assert (found["pack"], found["measure"]) == ([["box", None, "3 1.10"]], [["A", None, ["9.5"]]])


def test_create_and_edit_take_a_payload_too(answer):
    new = {"notes": "hello", "fee": 12.30, "lines": [{"article": "A", "pieces": 2}]}
    made = answer("do", "samples.request.create", "--payload", json.dumps(new), "urgent=yes")
    assert (made["notes"], made["fee"], made["urgent"], made["lines"][0]["pieces"]) == (
        "hello",
        "12.3",
        True,
        2,
    )
    changed = answer("do", "samples.request.edit", made["key"], "--payload", '{"notes": null}')
    assert (changed["notes"], changed["fee"]) == ("", "12.3")


def test_an_action_says_what_it_takes(hub_command):
    code, out, _err = hub_command("do", "samples.request.pack", "--help")
    assert code == 0
    assert "hub do samples.request.pack NUMBER" in out
    assert [line.split()[0] for line in out.splitlines()[2:] if line.strip()] == [
        "packed_on", "boxes:", "box", "pieces", "weight", "sealed", "maker",
    ]  # fmt: skip
    code, out, _err = hub_command("do", "samples.request.stamp", "--help")
    assert "soon" in out  # the choices there are
    code, out, _err = hub_command("do", "--help")
    assert (code, "--payload" in out, "field=value" in out) == (0, True, True)
    assert hub_command("do", tenant_code=None)[0] == 2


def test_the_schema_of_an_action_and_of_the_form(answer):
    schema = answer("do", "samples.request.pack", "--schema")
    assert schema["properties"]["boxes"]["minItems"] == 1
    assert schema["properties"]["boxes"]["items"]["properties"]["weight"]["type"] == ["string", "null"]
    form = answer("do", "samples.request.create", "--schema")
    assert form["properties"]["lines"]["items"]["required"] == ["article", "pieces"]
    assert "number" not in form["properties"]


def test_an_action_without_a_button_is_there_for_the_command_line(answer, lines):
    number = answer("do", "samples.request.create", lines)["key"]
    assert {"measure", "pack"} <= set(answer("show", "samples.request", number)["actions"])


def test_a_company_that_is_shut_is_closed_to_people_and_jobs_until_it_is_opened(
    hub, tenant, other_tenant, client_as, capsys
):
    inside, elsewhere = client_as("admin"), client_as("admin", other_tenant)
    assert inside.get("/me/").status_code == elsewhere.get("/me/").status_code == 200
    assert main.run(["tenant", "suspend", tenant.code], hub) == 0
    assert inside.get("/me/").status_code != 200
    assert elsewhere.get("/me/").status_code == 200
    assert main.run(["list", "samples.request", "--tenant", tenant.code], hub) == 1
    assert tenant.code not in {each.code for each in hub.tenants()}  # whose jobs the worker looks for
    assert main.run(["tenant", "resume", tenant.code], hub) == 0
    assert inside.get("/me/").status_code == 200
    capsys.readouterr()
    assert main.run(["tenant", "suspend", "nobody"], hub) == 1
    assert "There is no tenant nobody." in capsys.readouterr().err
