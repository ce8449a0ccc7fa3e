"""Figures for Prometheus at ``/metrics``: requests by route and answer, how long they took, statements, jobs, what fails of
plugins, messages that leave the house, connections.

Only with the token that ``HUB_METRICS_TOKEN`` holds (``Authorization: Bearer …``); without it there is no such address.
Several processes keep their counts in files of one folder (``PROMETHEUS_MULTIPROC_DIR``, set where they are started), so that
whichever answers tells of all.
"""

from __future__ import annotations

import hmac
import os
from collections import Counter as Tally
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, abort, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from core.data.records import Job
from core.kernel.failures import count_failures
from core.kernel.hub import Hub
from core.web.frame.access import Access, AccessMap

TOKEN, FOLDER = "HUB_METRICS_TOKEN", "PROMETHEUS_MULTIPROC_DIR"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
STATES = ("waiting", "running", "failed")
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Figures:
    """What is counted of requests, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "hub_requests", "Requests answered", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "hub_request_seconds", "How long they took", ("route",), buckets=SECONDS, registry=self.registry
        )
        self.statements = Counter(
            "hub_statements", "Statements sent to the database", ("route",), registry=self.registry
        )

    def count(self, facts: dict[str, Any]) -> None:
        """Count a request, from what the log says of it."""
        method = facts["method"] if facts["method"] in METHODS else "other"
        self.requests.labels(method, facts["route"], facts["status"]).inc()
        self.seconds.labels(facts["route"]).observe(facts["ms"] / 1000)
        self.statements.labels(facts["route"]).inc(facts["sql"])


class Standing:
    """What stands at this moment: jobs of all companies, connections of this process."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def collect(self) -> Iterator[Metric]:
        """The figures; those of the database are left out where it is away."""
        pool: Any = self._hub.engine.pool
        connections = GaugeMetricFamily(
            "hub_connections", "Connections of the answering process", labels=("state",)
        )
        connections.add_metric(("used",), pool.checkedout())
        connections.add_metric(("idle",), pool.checkedin())
        yield connections
        try:
            found, failing, outgoing = _of_companies(self._hub)
        except SQLAlchemyError:
            return
        jobs = GaugeMetricFamily("hub_jobs", "Background jobs that are not done", labels=("state",))
        for state in STATES:
            jobs.add_metric((state,), found[state])
        yield jobs
        failures = GaugeMetricFamily(
            "hub_plugin_failures",
            "How often parts of plugins failed that nobody has marked as seen",
            labels=("plugin",),
        )
        for plugin, number in sorted(failing.items()):
            failures.add_metric((plugin,), number)
        yield failures
        messages = GaugeMetricFamily(
            "hub_outgoing", "Messages to others that wait or failed", labels=("way", "state")
        )
        for way, number in sorted(outgoing.items()):
            messages.add_metric(way, number)
        yield messages


def _of_companies(hub: Hub) -> tuple[Tally[str], Tally[str], Tally[tuple[str, str]]]:
    """(jobs by state, failures by plugin, messages by way and state) of all of them."""
    found, failing, outgoing = Tally[str](), Tally[str](), Tally[tuple[str, str]]()
    for tenant in hub.tenants():
        with hub.context(tenant, write=False) as ctx:
            asked = select(Job.status, func.count()).where(Job.status.in_(STATES)).group_by(Job.status)
            found.update(dict(ctx.session.execute(asked).tuples().all()))
            failing.update(count_failures(ctx))
            for way, state, number in ctx.hooks.each("outgoing_counts"):
                outgoing[way, state] += number
    return found, failing, outgoing


def install(app: Flask, hub: Hub, access: AccessMap) -> None:
    """Register ``/metrics``, and count requests, where there is a token."""
    token = os.environ.get(TOKEN, "")
    if not token:
        return
    access.declare("metrics", Access(public=True, program=True))
    figures = app.extensions["hub_figures"] = Figures()
    shown = CollectorRegistry()
    if os.environ.get(FOLDER):
        MultiProcessCollector(shown)  # type: ignore[no-untyped-call]
    shown.register(Standing(hub))

    @app.get("/metrics")
    def metrics() -> Response:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), token.encode()):
            abort(404)
        own = b"" if os.environ.get(FOLDER) else generate_latest(figures.registry)
        return Response(own + generate_latest(shown), content_type=CONTENT_TYPE_PLAIN_0_0_4)
