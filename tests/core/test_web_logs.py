"""What the log says of each request, what it never says, and the addresses for whoever watches over the hub."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, OperationalError

from core.errors import StartError
from core.kernel.config import load_config
from core.kernel.context import Ctx, UserInfo
from core.kernel.hub import Hub
from core.kernel.logs import REQUEST, JsonFormatter, ReadableFormatter
from core.testing.plugin import PASSWORD
from core.web.frame import health

HOME = "/samples/request/"


@pytest.fixture
def lines(caplog: Any) -> Callable[[], list[dict[str, Any]]]:
    """What was noted of requests so far."""
    caplog.set_level(logging.INFO, "hub.requests")
    return lambda: [r.facts for r in caplog.records if r.name == "hub.requests"]


def test_a_request_leaves_one_line(
    client_as: Callable[..., Any],
    ctx: Ctx,
    lines: Any,
    count_queries: Callable[[], Any],
    user_of: Callable[..., UserInfo],
) -> None:
    ctx.session.commit()
    client = client_as("admin")
    with count_queries() as log:
        reply = client.get(f"{HOME}?q=what+was+typed")
    (facts,) = lines()
    assert facts["request"] == reply.headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{16}", facts["request"])
    assert (facts["method"], facts["route"], facts["status"]) == ("GET", HOME, 200)
    assert (facts["tenant"], facts["user"]) == (ctx.tenant.code, user_of("admin").id)
    assert log.count <= facts["sql"] <= log.count + 4  # and what announces tenants
    assert facts["ms"] > 0
    assert "typed" not in str(facts)


def test_a_trusted_proxy_may_number_requests_and_nobody_else(client: Any) -> None:
    given = {"X-Request-ID": "from-outside-1"}
    assert client.get("/login", headers=given).headers["X-Request-ID"] != "from-outside-1"
    trusted = {"werkzeug.proxy_fix.orig": {}}
    assert (
        client.get("/login", headers=given, environ_base=trusted).headers["X-Request-ID"] == "from-outside-1"
    )
    odd = {"X-Request-ID": "x\"'<b>" * 9}
    assert "<" not in client.get("/login", headers=odd, environ_base=trusted).headers["X-Request-ID"]


def test_an_error_page_names_its_request(client_as: Callable[..., Any]) -> None:
    reply = client_as("admin").get("/nothing/here")
    assert reply.status_code == 404
    assert reply.headers["X-Request-ID"] in reply.text


def test_what_matters_for_safety_is_named(
    client: Any, client_as: Callable[..., Any], user_of: Callable[..., UserInfo], lines: Any
) -> None:
    email = user_of("admin").email
    client.post("/login", data={"email": email, "password": "wrong wrong wrong"})
    client.post("/login", data={"email": email, "password": PASSWORD})
    client.post("/logout")
    nobody, admin = client_as(""), client_as("admin")
    assert nobody.get("/admin/users/").status_code == 403
    assert admin.get(f"{HOME}export/csv").status_code == 200
    found = [f.get("event") for f in lines() if f.get("event")]
    assert found == ["sign_in_failed", "sign_in", "sign_out", "denied", "export"]
    assert PASSWORD not in str(lines())


def test_slow_requests_are_marked(
    app: Any, client: Any, lines: Any, caplog: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.web.frame import requests

    times = iter([0.0, *[100.0] * 50])
    monkeypatch.setattr(requests.time, "perf_counter", lambda: next(times))
    client.get("/login")
    (facts,) = lines()
    assert facts["slow"] is True
    assert caplog.records[-1].levelname == "WARNING"


def test_no_parameters_of_statements_in_an_error(hub: Hub) -> None:
    with pytest.raises(DBAPIError) as failed, hub.engine.connect() as db:
        db.execute(text("SELECT 1 FROM nowhere WHERE word = :word"), {"word": "geheim"})
    assert "nowhere" in str(failed.value)
    assert "geheim" not in str(failed.value)


def test_lines_for_machines_and_for_people() -> None:
    try:
        raise ValueError("bad luck")
    except ValueError:
        import sys

        info = sys.exc_info()
    record = logging.LogRecord("hub", logging.ERROR, "", 1, "it %s", ("failed",), info)
    record.facts = {"status": 500, "odd": object}
    token = REQUEST.set("0123456789abcdef")
    try:
        found = json.loads(JsonFormatter().format(record))
        plain = ReadableFormatter().format(logging.LogRecord("hub", logging.INFO, "", 1, "well", (), None))
    finally:
        REQUEST.reset(token)
    assert (found["level"], found["message"], found["status"]) == ("error", "it failed", 500)
    assert found["request"] == "0123456789abcdef"
    assert "ValueError: bad luck" in found["error"]
    assert plain.endswith("well request=0123456789abcdef")
    assert "\n" not in JsonFormatter().format(record)


def test_the_form_of_the_log_is_configured(tmp_path: Any) -> None:
    place = tmp_path / "config.toml"
    place.write_text('[log]\nform = "json"\nslow_ms = 300')
    assert (load_config(place).log_form, load_config(place).slow_ms) == ("json", 300)
    place.write_text('[log]\nform = "xml"')
    with pytest.raises(StartError, match="text, json"):
        load_config(place)


def test_alive_and_ready(hub: Hub, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/healthz").data == b"ok"
    assert client.get("/readyz").json == {"database": True, "migrations": True, "disk": True}

    def away(*_: Any) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    event.listen(hub.engine, "before_cursor_execute", away)
    try:
        reply = client.get("/readyz")
        assert client.get("/healthz").status_code == 200
    finally:
        event.remove(hub.engine, "before_cursor_execute", away)
    assert (reply.status_code, reply.json["database"]) == (503, False)
    monkeypatch.setattr(health, "ROOM", 1 << 60)
    assert client.get("/readyz").json["disk"] is False
    monkeypatch.setattr(health, "pending_migrations", lambda _hub: ["orders"])
    assert client.get("/readyz").status_code == 503
