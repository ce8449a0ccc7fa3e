"""A second factor, an app or passkeys: set up, asked for, each code once, slow to guess, and wanted by the company."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from collections.abc import Callable
from html import unescape
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from passlib.totp import TOTP
from sqlalchemy import delete, select
from webauthn.helpers import bytes_to_base64url

from core.base_api import Passkey, SecondFactor, TenantInfo, User, factor_of, hash_password
from core.data.signing import LoginAttempt
from core.kernel.context import UserInfo
from core.kernel.hub import Hub
from core.testing.plugin import PASSWORD

HOME = "/me/second-factor/"


@pytest.fixture(autouse=True)
def _nothing_failed_yet(hub: Hub) -> None:
    with hub.platform() as db:
        db.execute(delete(LoginAttempt))


@pytest.fixture
def person(user_of: Callable[..., UserInfo]) -> UserInfo:
    return user_of("merch")


@pytest.fixture
def with_app(client_as: Callable[..., Any], person: UserInfo) -> tuple[Any, Any, list[str]]:
    """The person with an app: the browser it was set up in, the app, the recovery codes."""
    client = client_as("merch")
    page = client.get(HOME).text
    assert "<svg" in page
    assert not re.search(r'<(img|image)[^>]+(src|href)="http', page)
    app = TOTP(key=re.search(r"<code>([A-Z2-7-]+)</code>", page)[1], format="base32")  # type: ignore[index]
    assert client.post(f"{HOME}on", data={"code": "000000"}).status_code == 422
    shown = client.post(f"{HOME}on", data={"code": code(app, -30)}).text
    codes = re.findall(r"<code>([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})</code>", shown)
    assert len(codes) == 10
    assert "<svg" not in client.get(HOME).text
    return client, app, codes


def code(app: Any, later: int = 0) -> str:
    return str(app.generate(time.time() + later).token)


def password(client: Any, person: UserInfo, typed: str = PASSWORD, **data: Any) -> Any:
    return client.post("/login", data={"email": person.email, "password": typed, **data})


def second(client: Any, typed: str) -> Any:
    return client.post("/second-step/", data={"code": typed})


def inside(client: Any) -> bool:
    return bool(client.get("/me/").status_code == 200)


def test_the_password_alone_is_not_enough(
    app: Any, person: UserInfo, with_app: tuple[Any, Any, list[str]]
) -> None:
    _first, phone, codes = with_app
    client = app.test_client()
    assert password(client, person, next="/samples/request/?q=a").location == "/second-step/"
    assert not inside(client)
    for address in ("/", "/me/second-factor/", "/search?json=1&q=a"):
        assert client.get(address).location.startswith("/login"), address
    assert second(client, "000000").status_code == 200
    assert not inside(client)
    typed = code(phone)
    assert second(client, typed).location == "/samples/request/?q=a"
    assert inside(client)
    again = app.test_client()
    password(again, person)
    assert "used already" in second(again, typed).text, "a code is accepted once"
    assert "used already" in second(again, code(phone, -30)).text, "nor one before it"
    assert second(again, codes[0].upper().replace("-", " ")).status_code == 302
    third = app.test_client()
    password(third, person)
    assert "used already" in second(third, codes[0]).text, "a recovery code works once"
    assert second(third, codes[1]).status_code == 302
    assert f"<dd>{len(codes) - 2}</dd>" in third.get(HOME).text


def test_without_the_password_there_is_no_second_step(
    app: Any, person: UserInfo, with_app: tuple[Any, Any, list[str]], hub: Hub
) -> None:
    _first, phone, _codes = with_app
    client = app.test_client()
    assert second(client, code(phone)).location == "/login"
    password(client, person, "wrong")
    assert second(client, code(phone)).location == "/login"
    password(client, person)
    with client.session_transaction() as session:
        session["half"] = {**session["half"], "at": time.time() - 601}
    assert second(client, code(phone)).location == "/login", "ten minutes"
    password(client, person)
    with hub.platform() as db:
        user = db.get_one(User, person.id)
        user.fs_uniquifier = "another" * 8
    assert second(client, code(phone)).location == "/login", "the password was changed meanwhile"


def test_codes_are_as_slow_to_guess_as_passwords(
    app: Any, person: UserInfo, with_app: tuple[Any, Any, list[str]]
) -> None:
    _first, phone, _codes = with_app
    client = app.test_client()
    password(client, person)
    for n in range(5):
        assert second(client, f"00000{n}").status_code == 200
    told = second(client, code(phone))
    assert told.status_code == 429
    assert int(told.headers["Retry-After"]) > 800
    assert password(client, person).location == "/second-step/", "the password is no way round"
    assert second(client, code(phone)).status_code == 429


def test_nothing_in_the_database_opens_it(
    hub: Hub, person: UserInfo, with_app: tuple[Any, Any, list[str]]
) -> None:
    _first, phone, codes = with_app
    with hub.platform(write=False) as db:
        factor = db.scalars(select(SecondFactor).where(SecondFactor.user_id == person.id)).one()
    kept = f"{factor.secret} {factor.codes}"
    assert phone.base32_key not in kept
    assert not [c for c in codes if c in kept or c.replace("-", "") in kept]


def test_weighty_changes_ask_who_is_there(
    hub: Hub, tenant: TenantInfo, client_as: Callable[..., Any], user_of: Callable[..., UserInfo]
) -> None:
    client, merch = client_as("admin"), user_of("merch")
    with hub.platform() as db:
        db.get_one(User, user_of("admin").id).password = hash_password(PASSWORD)
    with client.session_transaction() as session:
        session["confirmed"] = time.time() - 16 * 60
    address, data = (
        f"/admin/users/{merch.id}",
        {"name": "Renamed", "roles": ["merch", "fin"], "_key": "0123456789"},
    )
    asked = client.post(address, data=data)
    assert asked.status_code == 403
    assert 'name="roles" value="fin"' in asked.text, "what was posted is kept"
    assert client.get(address).status_code == 200, "looking is no change"
    wrong = client.post(address, data={**data, "_confirm": "wrong"})
    assert wrong.status_code == 403
    assert "neither your password" in wrong.text
    assert "Renamed" not in client.get("/admin/users/").text
    assert client.post(address, data={**data, "_confirm": PASSWORD}).status_code == 302
    assert "Renamed" in client.get("/admin/users/").text
    assert client.post(address, data={"name": "Again", "roles": ["merch"]}).status_code == 302, "for a while"


@pytest.mark.parametrize(
    "address",
    [
        "/admin/users/new", "/admin/users/1", "/admin/users/1/deactivate", "/admin/users/1/activate", "/admin/users/1/reset",
        "/admin/users/1/factor", "/admin/roles/", "/admin/roles/new", "/admin/roles/1/remove", "/admin/security/",
        "/admin/plugins/samples/off", "/me/second-factor/on", "/me/second-factor/codes", "/me/second-factor/off",
    ],
)  # fmt: skip
def test_what_is_weighty(client_as: Callable[..., Any], address: str) -> None:
    client = client_as("admin")
    with client.session_transaction() as session:
        session["confirmed"] = time.time() - 16 * 60
    assert "Is it you?" in client.post(address).text


def test_a_code_confirms_too(with_app: tuple[Any, Any, list[str]]) -> None:
    client, phone, _codes = with_app
    with client.session_transaction() as session:
        session["confirmed"] = 0
    assert client.post(f"{HOME}off").status_code == 403
    assert client.post(f"{HOME}off", data={"_confirm": code(phone)}).location == HOME
    assert "<svg" in client.get(HOME).text


def test_the_company_asks_for_it_by_role(
    hub: Hub,
    client_as: Callable[..., Any],
    with_app: tuple[Any, Any, list[str]],
    user_of: Callable[..., UserInfo],
) -> None:
    mine, _phone, _codes = with_app
    admin, fin = client_as("admin"), client_as("fin")
    for idle, status in (("4", 422), ("721", 422), ("²", 422), ("", 422), ("45", 302)):
        assert (
            admin.post(
                "/admin/security/", data={"idle": idle, "factor": ["fin", "merch", "nobody"]}
            ).status_code
            == status
        )
    with fin.session_transaction() as session:
        session["seen"] = time.time() - 61
    assert fin.get("/").location == HOME
    assert fin.get("/me/").location == HOME
    assert fin.post("/me/sessions").status_code == 403
    page = fin.get(HOME).text
    phone = TOTP(key=re.search(r"<code>([A-Z2-7-]+)</code>", page)[1], format="base32")  # type: ignore[index]
    assert fin.post(f"{HOME}on", data={"code": code(phone)}).status_code == 200
    assert fin.get("/").status_code == 200
    assert fin.post(f"{HOME}off").status_code == 422, "the company asks for it"
    with mine.session_transaction() as session:
        session["seen"] = time.time() - 61
    assert mine.get("/").status_code == 200, "has one already"
    admin.post(f"/admin/users/{user_of('fin').id}/factor")
    with hub.platform(write=False) as db:
        assert factor_of(db, user_of("fin").id) is None


def test_a_password_is_not_kept_where_a_session_has_ended(client_as: Callable[..., Any]) -> None:
    client = client_as("admin")
    with client.session_transaction() as session:
        session["seen"] = time.time() - 3601
    here = {"Sec-Fetch-Site": "same-origin"}
    kept = client.post("/admin/security/", data={"idle": "77", "_confirm": PASSWORD}, headers=here)
    assert kept.status_code == 401
    assert 'name="idle" hidden>\n77' in kept.text
    assert PASSWORD not in kept.text


# --- passkeys -------------------------------------------------------------------------------------------------------------


class Key:
    """A device that signs, as a browser answers. It does not count its answers, as keys that several devices share do not."""

    def __init__(self) -> None:
        self.key, self.id = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16)

    def made(self, challenge: str, **other: Any) -> str:
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        data = self._about(0x45) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        told = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            {"clientDataJSON": self._told("create", challenge, **other), "attestationObject": told}
        )

    def used(self, challenge: str, **other: Any) -> str:
        told, data = self._told("get", challenge, **other), self._about(0x05)
        signed = self.key.sign(data + hashlib.sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer({"clientDataJSON": told, "authenticatorData": data, "signature": signed})

    def _about(self, flags: int) -> bytes:
        return hashlib.sha256(b"localhost").digest() + bytes([flags]) + bytes(4)

    @staticmethod
    def _told(what: str, challenge: str, origin: str = "http://localhost") -> bytes:
        return json.dumps({"type": f"webauthn.{what}", "challenge": challenge, "origin": origin}).encode()

    def _answer(self, response: dict[str, bytes]) -> str:
        name = bytes_to_base64url(self.id)
        parts = {part: bytes_to_base64url(data) for part, data in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": parts})


def challenge(page: str) -> str:
    options = re.search(r'data-options="([^"]+)"', page)
    assert options is not None
    return str(json.loads(unescape(options[1]))["challenge"])


def own(client: Any, key: Key, **other: Any) -> Any:
    """Set a passkey up."""
    answer = key.made(challenge(client.get(HOME).text), **other)
    return client.post(f"{HOME}passkey", data={"answer": answer, "name": "phone"})


def test_a_passkey_answers_this_address_this_challenge_and_once(
    app: Any, person: UserInfo, client_as: Callable[..., Any]
) -> None:
    key, first = Key(), client_as("merch")
    assert own(first, key, origin="http://evil.test").status_code == 422
    assert own(first, Key()).status_code == 200
    assert len(re.findall(r"<code>", own(first, key).text)) == 0, "recovery codes come with the first one"
    assert "set up already" in own(first, key).text
    client = app.test_client()
    password(client, person)
    page = client.get("/second-step/").text
    assert "Recovery code" in page
    assert not inside(client)
    wrong = (
        {"origin": "http://evil.test"},
        {"asked": "AAAA"},
        {"key": Key()},
    )
    for each in wrong:
        asked = each.pop("asked", "") or challenge(client.get("/second-step/").text)
        signer = each.pop("key", key)
        assert (
            "wrong or was used"
            in client.post("/second-step/", data={"answer": signer.used(asked, **each)}).text
        )
    assert client.post("/second-step/", data={"answer": "{"}).status_code == 200
    asked = challenge(client.get("/second-step/").text)
    with client.session_transaction() as session:
        kept = dict(session)
    answer = key.used(asked)
    assert client.post("/second-step/", data={"answer": answer}).status_code == 302
    assert inside(client)
    again = app.test_client()
    password(again, person)
    with again.session_transaction() as session:
        session.update(passkey=kept["passkey"])
    assert "was used already" in again.post("/second-step/", data={"answer": answer}).text


def test_app_and_passkeys_stand_for_each_other_and_the_last_one_stays_where_it_is_wanted(
    with_app: tuple[Any, Any, list[str]], hub: Hub, tenant: TenantInfo, person: UserInfo
) -> None:
    client, _phone, _codes = with_app
    with hub.context(tenant) as ctx:
        ctx.settings.set("signing_in", {"factor": ["merch"]})
    assert client.post(f"{HOME}off").status_code == 422
    assert own(client, Key()).status_code == 302
    assert client.post(f"{HOME}off").status_code == 302, "there is a passkey"
    with hub.platform(write=False) as db:
        (key,) = db.scalars(select(Passkey.id).where(Passkey.user_id == person.id))
        assert factor_of(db, person.id).secret == ""  # type: ignore[union-attr]
    assert client.post(f"{HOME}passkey-off", data={"id": key}).status_code == 422
    assert client.post(f"{HOME}passkey-off", data={"id": "²"}).status_code == 422
    with hub.context(tenant) as ctx:
        ctx.settings.set("signing_in", {})
    assert client.post(f"{HOME}passkey-off", data={"id": key}).status_code == 302
    with hub.platform(write=False) as db:
        assert factor_of(db, person.id) is None


def test_a_passkey_confirms_who_is_there_once(
    client_as: Callable[..., Any], user_of: Callable[..., UserInfo], person: UserInfo
) -> None:
    client, key = client_as("merch"), Key()
    own(client, key)

    def later() -> None:
        with client.session_transaction() as session:
            session["confirmed"] = 0

    def ask(**data: str) -> Any:
        return client.post(f"{HOME}codes", data=data)

    later()
    asked = challenge(ask().text)
    for wrong in ({"origin": "http://evil.test"}, {"key": Key()}, {"asked": "AAAA"}):
        signer, of = wrong.pop("key", key), wrong.pop("asked", asked)
        told = ask(_passkey=signer.used(of, **wrong))
        assert told.status_code == 403
        assert "neither your password" in told.text
        asked = challenge(told.text)
    with client.session_transaction() as session:
        kept = session["confirm_passkey"]
    answer = key.used(asked)
    assert ask(_passkey=answer).status_code == 200, "new codes"
    assert ask().status_code == 200, "for a while"
    later()
    assert ask(_passkey=answer).status_code == 403, "its challenge is gone"
    with client.session_transaction() as session:
        session["confirm_passkey"] = kept
    assert ask(_passkey=answer).status_code == 403, "and was answered"
    assert "data-passkey" not in later_of(client_as("qc")), "who has none is asked for the password alone"


def later_of(client: Any) -> str:
    """The page that asks somebody again."""
    with client.session_transaction() as session:
        session["confirmed"] = 0
    return str(client.post(f"{HOME}on").text)


def test_an_answer_that_was_posted_is_kept_while_a_passkey_is_asked_for(
    client_as: Callable[..., Any],
) -> None:
    """Setting a further passkey up posts an answer of its own: the confirming one goes beside it."""
    client, key, second = client_as("merch"), Key(), Key()
    own(client, key)
    made = second.made(challenge(client.get(HOME).text))
    with client.session_transaction() as session:
        session["confirmed"] = 0
    page = client.post(f"{HOME}passkey", data={"answer": made, "name": "stick"})
    assert page.status_code == 403
    data = {"answer": made, "name": "stick", "_passkey": key.used(challenge(page.text))}
    assert client.post(f"{HOME}passkey", data=data).status_code == 302
    assert "stick" in client.get(HOME).text
