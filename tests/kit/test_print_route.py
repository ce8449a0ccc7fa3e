"""What a document declares is what can be printed of it: by its page's button, address and ``hub print``, by nobody else."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import jinja2
import pytest
from pypdf import PdfReader

from core.api import Ctx, DocumentKind, T, run_action
from core.cli import main
from core.errors import NotFound, StartError
from core.kernel.context import TenantInfo
from core.testing.declaring import declare_for_test
from kit.printing import documents

pytestmark = pytest.mark.once
REQUEST = "samples.request"


@pytest.fixture
def note(hub: Any, monkeypatch: pytest.MonkeyPatch, ctx: Ctx) -> Callable[..., None]:
    """``note(right="…")``: the samples' plugin prints a note of a request."""

    def declare(name: str = "samples.note", **more: Any) -> None:
        values = lambda ctx, row: {"number": row.number}  # noqa: E731
        kind = DocumentKind(
            name, more.pop("entity", REQUEST), T("Note"), "samples/note.html", values, lambda r: f"{r.number}.pdf",
            more.pop("plugin", "samples"), **more,
        )  # fmt: skip
        declare_for_test(hub.registry, monkeypatch, kind)
        text = "<html><head><style>/* fonts */</style></head><body><p>{{ language }} {{ number }}</p></body></html>"
        templates = jinja2.Environment(loader=jinja2.DictLoader({"samples/note.html": text}), autoescape=True)
        monkeypatch.setattr(documents, "environment", lambda ctx: templates)

    return declare


@pytest.fixture
def row_id(ctx: Ctx, ask: Callable[..., Any]) -> int:
    row = ask(ctx)
    ctx.session.commit()
    return int(row.id)


def text_of(data: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def address(row_id: int, name: str = "samples.note", language: str = "en") -> str:
    return f"/samples/request/{row_id}/pdf/{name}?language={language}"


def test_button_address_and_watermark_come_from_the_declaration(
    note: Callable[..., None], client_as: Callable[..., Any], row_id: int, ctx: Ctx
) -> None:
    note(void=("draft",), title=lambda row: T("Note of {number}", number=row.number))
    client = client_as("merch")
    page = client.get(f"/samples/request/{row_id}").text
    assert "Note of SR-2026-0001" in page
    for language in ("en", "zh_Hant_TW", "zh_Hans_CN"):
        assert address(row_id, language=language) in page
        reply = client.get(address(row_id, language=language))
        assert (reply.status_code, reply.mimetype) == (200, "application/pdf")
        assert f"{language} SR-2026-0001" in text_of(reply.data)
    assert "DRAFT" in text_of(client.get(address(row_id)).data)
    row = ctx.registry.get(REQUEST)
    run_action(ctx, row, ctx.session.get(row.model, (ctx.tenant.id, row_id)), "send", {})
    ctx.session.commit()
    assert "DRAFT" not in text_of(client.get(address(row_id)).data)


def test_the_readers_language_where_none_is_asked_for(
    note: Callable[..., None], client_as: Callable[..., Any], row_id: int
) -> None:
    note(languages=("zh_Hant_TW",))
    client = client_as("merch")
    assert "zh_Hant_TW" in text_of(client.get(address(row_id, language="")).data)
    assert client.get(address(row_id, language="en")).status_code == 404
    assert "language=en" not in client.get(f"/samples/request/{row_id}").text.split("drop-body")[1]


def test_only_what_is_offered_has_a_button(
    note: Callable[..., None], client_as: Callable[..., Any], row_id: int
) -> None:
    client = client_as("merch")
    note(visible=lambda ctx, row: False)
    assert "/pdf/" not in client.get(f"/samples/request/{row_id}").text
    note(button=False)
    assert "/pdf/" not in client.get(f"/samples/request/{row_id}").text
    note(visible=lambda ctx, row: 1 / 0)
    page = client.get(f"/samples/request/{row_id}")
    assert page.status_code == 200
    assert "/pdf/" not in page.text


def test_nobody_gets_what_is_not_theirs(
    note: Callable[..., None],
    client_as: Callable[..., Any],
    client: Any,
    row_id: int,
    other_tenant: TenantInfo,
) -> None:
    note()
    assert client_as("merch").get(address(row_id)).status_code == 200
    assert client.get(address(row_id)).status_code in (302, 401, 403)  # not signed in
    assert client_as("merch", other_tenant).get(address(row_id)).status_code == 404
    assert client_as("merch").get(address(row_id, "samples.other")).status_code == 404
    note(right="samples.force")
    assert client_as("merch").get(address(row_id)).status_code == 404
    assert "/pdf/" not in client_as("merch").get(f"/samples/request/{row_id}").text
    note(plugin="claims")  # a plugin that is off for this tenant
    assert client_as("merch").get(address(row_id)).status_code == 404
    note(entity="samples.maker")
    assert client_as("merch").get(address(row_id)).status_code == 404


def test_from_the_command_line(
    note: Callable[..., None],
    hub: Any,
    tenant: TenantInfo,
    row_id: int,
    tmp_path: Any,
    capsys: Any,
    user_of: Any,
) -> None:
    note()
    at = ("--tenant", tenant.code)
    wanted = tmp_path / "note.pdf"
    code = main.run(
        ["print", REQUEST, "SR-2026-0001", "--language", "zh_Hant_TW", "-o", str(wanted), *at], hub
    )
    assert (code, capsys.readouterr().out.strip()) == (0, str(wanted))
    assert "zh_Hant_TW SR-2026-0001" in text_of(wanted.read_bytes())
    for wrong in (["--kind", "samples.other"], ["--language", "fr"]):
        assert main.run(["print", REQUEST, "SR-2026-0001", *wrong, *at], hub) == 1
        assert "hub: " in capsys.readouterr().err
    note(right="samples.force")
    person = ("--as", user_of("merch").email)
    assert main.run(["print", REQUEST, "SR-2026-0001", *person, *at], hub) == 1


def test_a_hub_without_anybody_who_prints(
    note: Callable[..., None], ctx: Ctx, row_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.entities.printing import print_row

    note()
    entity = ctx.registry.get(REQUEST)
    row = ctx.session.get(entity.model, (ctx.tenant.id, row_id))
    assert print_row(ctx, entity, row)[0] == "SR-2026-0001.pdf"
    monkeypatch.setattr(
        type(ctx.hooks), "_call", lambda self, name, arguments: None
    )  # no answer to print_document
    with pytest.raises(NotFound):
        print_row(ctx, entity, row)


def test_kinds_that_ask_for_what_is_not_there(
    hub: Any, monkeypatch: pytest.MonkeyPatch, note: Callable[..., None]
) -> None:
    from core.declare.checks import check
    from core.declare.speakers import Speakers

    for wrong in ({"right": "samples.unheard"}, {"languages": ("fr",)}, {"languages": ()}):
        note(**wrong)
        with pytest.raises(StartError, match="document 'samples.note'"):
            check(hub.registry, (), Speakers())
