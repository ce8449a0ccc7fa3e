"""Documents go out by mail: to whom, by whom, what is refused, what fails and is tried again; the daily notice."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select, update

from core.api import Ctx, enqueue_job
from core.base_api import Grant, Membership
from core.cli import main
from core.errors import Denied, NotFound, Refused, StartError
from core.kernel.config import load_config
from core.kernel.mail_server import MailServer
from kit.outgoing import PAUSES
from plugins.mailing.models import Mail
from plugins.mailing.services import delivering, notices, sender, texts, writing
from plugins.mailing.words import DIGEST_JOB
from plugins.purchasing.models import PurchaseOrder
from tests.plugins.mailing.conftest import Post, Server

PO = "purchasing.order"
AsContext = Callable[..., AbstractContextManager[Ctx]]


def written(ctx: Ctx, po: PurchaseOrder, **other: Any) -> str:
    """A mail with the purchase order."""
    given = {
        "language": "en",
        "recipients": "wu@supplier.example",
        "subject": "Order",
        "body": "Hello",
        "copy": False,
    }
    return writing.write_mail(ctx, PO, po.id, PO, **{**given, **other})


def mail_of(ctx_as: AsContext) -> Mail:
    """The newest mail."""
    with ctx_as("admin", write=False) as ctx:
        return ctx.session.scalars(select(Mail).order_by(Mail.id.desc())).first()  # type: ignore[return-value]


def test_an_order_goes_to_the_supplier_from_its_page(
    po: PurchaseOrder, server: Server, post: Post, client_as: Callable[..., Any], ctx_as: AsContext
) -> None:
    with ctx_as("admin") as ctx:
        sender.save(ctx, {"name": "福爾摩沙, 採購", "reply_to": "", "signature": "Tel. 02-1234"})
    browser = client_as("purch")
    page = browser.get(f"/purchasing/order/{po.id}").text
    where = f"/mail/new?entity={PO}&amp;id={po.id}&amp;kind={PO}"
    assert where in page
    where = where.replace("&amp;", "&") + "&language=zh_Hant_TW"
    form = browser.get(where).text
    assert "wu@supplier.example" in form
    assert f"採購單 {po.number}" in form  # in the language of the mail, not of the page
    typed = {"recipients": "wu@supplier.example; Wu@Supplier.example, boss@supplier.example", "subject": f"訂單 {po.number}",
             "body": "您好", "copy": "y"}  # fmt: skip
    assert browser.post(where, data=typed).status_code == 302
    assert server.got == []
    post.work()
    ((to, message),) = server.got
    with ctx_as("purch", write=False) as ctx:
        me = ctx.user.email
    assert to == ["wu@supplier.example", "Wu@supplier.example", "boss@supplier.example", me]
    assert message["From"].addresses[0].addr_spec == "hub@example.com"
    assert message["From"].addresses[0].display_name == "福爾摩沙, 採購"
    assert (message["Subject"], message["Reply-To"], message["Cc"]) == (typed["subject"], me, me)
    text, paper = message.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == "您好\n\n-- \nTel. 02-1234\n"
    assert (paper.get_filename(), paper.get_content_type()) == (f"{po.number}.pdf", "application/pdf")
    assert paper.get_content().startswith(b"%PDF")
    page = browser.get(f"/purchasing/order/{po.id}").text
    assert "boss@supplier.example" in page
    assert "Delivered" in page


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"recipients": ""}, "recipients"),
        ({"recipients": "wu"}, "recipients"),
        ({"recipients": "wu@supplier.example\r\nBcc: x@y.example"}, "recipients"),
        ({"recipients": "a@b.example, <script>@x"}, "recipients"),
        ({"recipients": ", ".join(f"a{i}@b.example" for i in range(21))}, "recipients"),
        ({"subject": "Order\r\nBcc: x@y.example"}, "subject"),
        ({"subject": "Order\nX"}, "subject"),
        ({"subject": "Order\u2028X"}, "subject"),
        ({"subject": " "}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"body": "x" * 20_001}, "body"),
    ],
)
def test_what_is_no_mail_is_refused_where_it_was_typed(
    po: PurchaseOrder, server: Server, ctx_as: AsContext, other: dict[str, Any], field: str
) -> None:
    with ctx_as("purch") as ctx:
        with pytest.raises(Refused) as refused:
            written(ctx, po, **other)
        assert {p.field for p in refused.value.problems} == {field}
        assert ctx.session.scalars(select(Mail)).all() == []


def test_prices_that_one_may_not_see_are_not_sent(
    po: PurchaseOrder, server: Server, post: Post, ctx_as: AsContext, client_as: Callable[..., Any]
) -> None:
    with ctx_as("wh") as ctx, pytest.raises(Denied):
        written(ctx, po)
    with ctx_as("purch") as ctx:
        written(ctx, po)
    with ctx_as("admin") as ctx:  # between writing and sending the right is taken away
        gone = Grant.permission == "catalog.supplier_prices"
        ctx.session.execute(update(Grant).where(gone).values(permission="none.such"))
    post.work()
    assert server.got == []
    assert mail_of(ctx_as).status == "failed"
    with ctx_as("purch") as ctx, pytest.raises((NotFound, Denied)):
        written(ctx, po)
    assert "/mail/new" not in client_as("purch").get(f"/purchasing/order/{po.id}").text


def test_who_left_sends_nothing(po: PurchaseOrder, server: Server, post: Post, ctx_as: AsContext) -> None:
    with ctx_as("purch") as ctx:
        written(ctx, po)
        me = ctx.user.id  # type: ignore[union-attr]
    with post.hub.platform() as session:
        session.execute(update(Membership).where(Membership.user_id == me).values(active=False))
    post.work()
    assert (server.got, mail_of(ctx_as).status) == ([], "failed")


def test_what_a_server_refuses_for_now_is_tried_again_and_for_good_is_not(
    po: PurchaseOrder, server: Server, post: Post, ctx_as: AsContext, client_as: Callable[..., Any]
) -> None:
    server.says = "451 try later"
    with ctx_as("purch") as ctx:
        written(ctx, po)
    post.work()
    assert (mail_of(ctx_as).status, mail_of(ctx_as).attempts) == ("waiting", 1)
    for _ in PAUSES:
        post.later()
    assert (mail_of(ctx_as).status, mail_of(ctx_as).attempts) == ("failed", len(PAUSES) + 1)
    assert "451" in mail_of(ctx_as).error
    browser = client_as("purch")
    assert "451" in browser.get(f"/purchasing/order/{po.id}").text
    with ctx_as("purch") as ctx:
        assert any("/mail/" in a.href for a in ctx.hooks.each("alerts"))
        assert ("mail", "failed", 1) in ctx.hooks.each("outgoing_counts")
    server.says = "250 OK"
    assert browser.post(f"/mail/{mail_of(ctx_as).id}/retry").status_code == 302
    post.work()
    assert (mail_of(ctx_as).status, len(server.got)) == ("sent", 1)
    server.says = "554 no"
    with ctx_as("purch") as ctx:
        written(ctx, po)
    post.work()
    assert (mail_of(ctx_as).status, mail_of(ctx_as).attempts) == ("failed", 1)
    server.says = "250 OK"
    server.refuses = {"gone@supplier.example": "550 no such user"}
    with ctx_as("purch") as ctx:
        written(ctx, po, recipients="wu@supplier.example, gone@supplier.example")
    post.work()
    assert (mail_of(ctx_as).status, mail_of(ctx_as).error) == ("sent", "Refused: gone@supplier.example")
    with ctx_as("purch") as ctx:
        written(ctx, po, recipients="gone@supplier.example")
    post.work()
    assert (mail_of(ctx_as).status, mail_of(ctx_as).attempts) == ("failed", 1)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mails_are_encrypted_to_a_server_that_is_who_it_says(
    security: str, hub: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = own_certificate(tmp_path)
    shown = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    shown.load_cert_chain(certificate, key)
    heard = Server()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    asked = (
        {"ssl_context": shown, "auth_require_tls": False}
        if security == "tls"
        else {"tls_context": shown, "require_starttls": True}
    )
    login = lambda server, session, envelope, mechanism, data: AuthResult(  # noqa: E731
        success=(data.login, data.password) == (b"hub", b"secret")
    )
    controller = Controller(
        heard, hostname="127.0.0.1", port=port, authenticator=login, auth_required=True, **asked
    )
    controller.start()
    message = EmailMessage()
    message["Subject"] = "Order"
    message.set_content("Hello")
    mail = MailServer("127.0.0.1", port, "hub@example.com", security, "hub", "secret")
    try:
        stranger = delivering.send(mail, message, ["wu@supplier.example"])
        assert (stranger.status, stranger.final) == ("failed", False)
        assert "certificate" in str(stranger.words)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        wrong = delivering.send(replace(mail, password="guess"), message, ["wu@supplier.example"])
        assert (wrong.status, heard.got) == ("failed", [])
        assert delivering.send(mail, message, ["wu@supplier.example"]).status == "sent"
        assert [to for to, _message in heard.got] == [["wu@supplier.example"]]
    finally:
        controller.stop()


def own_certificate(folder: Any) -> tuple[Any, Any]:
    """Files with a key and a certificate for 127.0.0.1 that nobody else trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    day = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(day - timedelta(1)).not_valid_after(day + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = folder / "key.pem", folder / "certificate.pem"
    pem = serialization.Encoding.PEM
    paths[0].write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    paths[1].write_bytes(made.public_bytes(pem))
    return paths


def test_what_is_taken_back_is_not_sent(
    po: PurchaseOrder, server: Server, post: Post, ctx_as: AsContext
) -> None:
    with ctx_as("purch") as ctx:
        written(ctx, po)
        ctx.session.rollback()
    assert (post.work(), server.got) == (0, [])


def test_without_a_server_nothing_is_written(po: PurchaseOrder, ctx_as: AsContext) -> None:
    with ctx_as("purch") as ctx, pytest.raises(Refused):
        written(ctx, po)


def test_a_company_writes_its_own_texts(
    po: PurchaseOrder, server: Server, ctx_as: AsContext, client_as: Callable[..., Any]
) -> None:
    browser = client_as("admin")
    where = f"/admin/mail/text?kind={PO}&language=en"
    assert "Please find attached" in browser.get(where).text
    for wrong in ("{nothing}", "{number", "{number!r}", "{number:>9}", "{number.real}", "{}", "{0}"):
        assert browser.post(where, data={"subject": "S", "body": wrong}).status_code == 422
    assert browser.post(where, data={"subject": "PO {number}", "body": "To {partner}"}).status_code == 302
    form = client_as("purch").get(f"/mail/new?entity={PO}&id={po.id}&kind={PO}&language=en").text
    assert f"PO {po.number}" in form
    assert "To Supplier S1" in form
    assert browser.post(where, data={"subject": "", "body": ""}).status_code == 302
    assert "Please find attached" in browser.get(where).text
    assert browser.post("/admin/mail/", data={"name": "x", "reply_to": "nonsense"}).status_code == 422
    assert browser.post("/admin/mail/", data={"name": "x", "reply_to": "a@b.example"}).status_code == 302
    assert client_as("purch").get("/admin/mail/").status_code == 403
    assert texts.fill("{number} {partner}", {"number": "{partner}", "partner": "P"}) == "{partner} P"


def test_the_daily_notice_is_for_whoever_wants_it(
    po: PurchaseOrder, server: Server, post: Post, ctx_as: AsContext, client_as: Callable[..., Any]
) -> None:
    server.says = "554 no"
    with ctx_as("purch") as ctx:
        written(ctx, po)
    post.work()
    server.says = "250 OK"
    browser = client_as("purch")
    assert browser.post("/me/notices/", data={"daily": "y"}).status_code == 302
    assert "checked" in browser.get("/me/notices/").text
    with ctx_as("admin") as ctx:
        enqueue_job(ctx, DIGEST_JOB, {})
    post.work()
    ((to, message),) = server.got
    with ctx_as("purch", write=False) as ctx:
        assert to == [ctx.user.email]
        assert notices.wants(ctx)
    said = message.get_content()
    assert "Mails that did not go out: 1" in said
    assert "https://hub.example.com/mail/" in said
    assert message["Auto-Submitted"] == "auto-generated"
    assert browser.post("/me/notices/", data={}).status_code == 302
    with ctx_as("admin") as ctx:
        enqueue_job(ctx, DIGEST_JOB, {})
    post.work()
    assert len(server.got) == 1


def test_mails_of_others_are_for_who_keeps_them(
    po: PurchaseOrder, server: Server, ctx_as: AsContext, client_as: Callable[..., Any], post: Post,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    with ctx_as("purch") as ctx:
        written(ctx, po, subject="for the supplier")
    key = mail_of(ctx_as).id
    assert "for the supplier" in client_as("purch").get("/mail/").text
    assert "for the supplier" in client_as("admin").get(f"/mail/{key}").text
    assert "for the supplier" not in client_as("merch").get("/mail/").text
    assert client_as("merch").get(f"/mail/{key}").status_code == 404
    server.says = "554 no"
    post.work()
    capsys.readouterr()
    assert main.run(["mail", "list", "--json", "--tenant", post.tenant.code], post.hub) == 0
    assert [(m["id"], m["status"]) for m in json.loads(capsys.readouterr().out)] == [(key, "failed")]
    assert main.run(["mail", "retry", str(key), "--tenant", post.tenant.code], post.hub) == 0
    server.says = "250 OK"
    post.work()
    assert len(server.got) == 1


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ('host = "m"\nsender = "nobody"', "sender"),
        ('host = "m"\nsender = "a@b.c"\nsecurity = "no"', "security"),
        ('host = "m"\nsender = "a@b.c"\nport = 0', "port"),
        ('host = "m"\nsender = "a@b.c"\nsecurity = "none"\nuser = "u"', "password"),
        ('host = "m"\nsender = "a@b.c\\r\\nX: y"', "sender"),
    ],
)
def test_a_server_that_cannot_be_is_said_at_the_start(tmp_path: Any, lines: str, word: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"[mail]\n{lines}\n")
    with pytest.raises(StartError, match=word):
        load_config(path)
