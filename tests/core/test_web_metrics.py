"""Figures for Prometheus: behind a token, by route and answer, and nothing of anybody in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from core.kernel.context import Ctx
from core.kernel.hub import Hub
from core.testing.web import HubClient
from core.web.frame import metrics
from core.work import jobs

HOME = "/samples/request/"


@pytest.fixture
def counted(make_app: Callable[..., Any], hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An application with a token."""
    monkeypatch.setenv(metrics.TOKEN, "a-long-token")
    made = make_app(hub, testing=True)
    made.test_client_class = HubClient
    return made


def figures(reply: Any) -> dict[tuple[str, ...], float]:
    """Samples by name and labels."""
    return {
        (s.name, *(s.labels[k] for k in sorted(s.labels))): s.value
        for family in text_string_to_metric_families(reply.text)
        for s in family.samples
    }


def test_only_with_the_token(app: Any, counted: Any) -> None:
    assert app.test_client().get("/metrics").status_code == 404, "nobody asked for it"
    client = counted.test_client()
    for given in ("", "Bearer", "Bearer another-token", "a-long-tokenx"):
        assert client.get("/metrics", headers={"Authorization": given}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer a-long-token"}).status_code == 200


def test_what_is_counted(counted: Any, ctx: Ctx, user_of: Callable[..., Any], tenant: Any) -> None:
    user = user_of("admin")
    jobs.enqueue_job(ctx, "base_jobs.clear", {}) if "base_jobs.clear" in ctx.registry.jobs else None
    ctx.session.commit()
    ctx.hub.failures.note(ctx.tenant.id, "couriers", "hook alerts", ValueError("x"))
    ctx.hub.failures.flush(now=True)
    client = counted.test_client().sign_in(user, tenant)
    for _n in range(3):
        client.get(f"{HOME}?q=somebody")
    client.get("/nothing/of/ours")
    client.open("/nothing/of/ours", method="ODD")
    reply = client.get("/metrics", headers={"Authorization": "Bearer a-long-token"})
    found = figures(reply)
    assert found["hub_requests_total", "GET", HOME, "200"] == 3
    assert found["hub_requests_total", "GET", "none", "404"] == 1
    assert found["hub_requests_total", "other", "none", "404"] == 1, "who asks makes no labels"
    assert found["hub_request_seconds_count", HOME] == 3
    assert found["hub_statements_total", HOME] >= 9
    assert ("hub_jobs", "failed") in found
    assert found["hub_plugin_failures", "couriers"] >= 1  # other tests of this process may have counted some
    assert found["hub_connections", "used"] >= 0
    assert "somebody" not in reply.text
    assert user.email not in reply.text
