"""``hub job``, ``hub worker --once``, and how ``hub list`` and ``hub do`` say what a screen would show."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.cli import main
from core.cli.doing import _with_choices
from core.cli.records import in_words
from core.data.records import Job
from core.declare.declarations import Column
from core.declare.kinds import JobKind
from core.declare.page_parts import Block
from core.errors import HubError, Problem
from core.testing.declaring import declare_for_test
from core.text.i18n import T

KIND = "couriers.sweep"


@pytest.fixture
def sweep(hub, monkeypatch):
    """A daily job that says what it was given; ``{"wrong": 1}`` lets it fail."""

    def run(ctx, payload, progress):
        if payload.get("wrong"):
            raise HubError(T("The broom is broken."))
        return {"swept": payload.get("rooms", 1)}

    declare_for_test(hub.registry, monkeypatch, JobKind(KIND, run, T("Sweep"), "couriers", daily=True))


def test_a_job_is_carried_out_at_once_and_says_how_it_ended(hub, tenant, sweep, capsys):
    def said(*arguments: str) -> tuple[int, str]:
        code = main.run(["job", "run", *arguments, "--tenant", tenant.code], hub)
        found = capsys.readouterr()
        return code, (found.out + found.err).strip()

    assert said(KIND, "--payload", '{"rooms": 3}') == (0, f"{KIND}: {{'swept': 3}}")
    assert said(KIND, "--payload", '{"wrong": 1}') == (1, "hub: The broom is broken.")
    assert said("couriers.none") == (1, "hub: There is nothing called couriers.none.")
    with hub.context(tenant, write=False) as ctx:
        kept = ctx.session.execute(select(Job.kind, Job.status).order_by(Job.id)).all()
    assert [tuple(row) for row in kept] == [(KIND, "done"), (KIND, "failed")]


def test_kinds_of_jobs_are_listed_for_the_plugins_that_are_on(hub, tenant, sweep, capsys):
    assert main.run(["job", "list", "--tenant", tenant.code], hub) == 0
    assert f"{KIND}" in capsys.readouterr().out


def test_a_worker_that_runs_once_asks_for_what_the_day_brings(hub, tenant, sweep, monkeypatch, capsys):
    monkeypatch.setattr(type(hub), "tenants", lambda self: [tenant])
    assert main.run(["worker", "--once"], hub) == 0
    with hub.context(tenant, write=False) as ctx:
        done = ctx.session.scalars(select(Job.kind).where(Job.status == "done")).all()
    assert KIND in done
    assert f"{len(done)} jobs done" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("badge", ["No audit", "neutral"], "No audit"),
        ("bar", ["30", "30.00%", "0"], "30.00%"),
        ("bar", ["30", None], "30%"),
        ("qty", ["382.76", "yd"], "382.76 yd"),
        ("money", ["10.50", "USD"], "10.50 USD"),
        ("text", "plain", "plain"),
        ("state", "draft", "草稿"),
        ("state", "of an older version", "of an older version"),
        ("badge", None, None),
    ],
)
def test_cells_of_a_list_are_printed_as_words(kind, value, words):
    assert in_words(Column("x", T("Name"), kind), value, {"draft": "草稿"}) == words


def test_a_reason_that_must_be_chosen_is_asked_for_with_the_choices(hub, tenant):
    block = Block(T("Held."), "samples", "samples.force", reasons="samples.note")
    with hub.context(tenant) as ctx:
        said = str(_with_choices(ctx, Problem(T("Choose a reason."), "override_code", {"block": block})))
        assert said == "Choose a reason. soon (As soon as you can)"
        other = Problem(T("Choose a reason."), "kind")
        assert _with_choices(ctx, other) is other
