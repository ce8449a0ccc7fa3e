"""Passkeys (WebAuthn) as second factor: a phone, a computer or a stick signs what this address asks it to sign.

A passkey answers at the address where it was made and nowhere else, so that a page that looks like the hub gets nothing of use.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.api import Ctx, Refused, T, record_audit
from core.base_api import Hub, Passkey, User, begin_codes, factor_of, remove_factor
from core.db import flush_rows
from plugins.base_people.services.people import ENTITY
from plugins.base_people.services.rules import rules

COMPANY = "OEM Hub"
MOST = 20
"""Passkeys of a person."""


@dataclass(frozen=True)
class Place:
    """Where the browser is: ``host`` is what passkeys are made for, ``origin`` what they sign together with the challenge."""

    host: str
    origin: str


@dataclass(frozen=True)
class Question:
    """What the browser is asked, as JSON, and the challenge in it, which the answer has to fit."""

    options: str
    challenge: str


def of(db: Session, user_id: int) -> Sequence[Passkey]:
    """The passkeys of a person, the oldest first."""
    return db.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)).all()


def ask_to_make(db: Session, user: User, place: Place) -> Question:
    """What a browser needs to make a passkey; devices that have one of this person are left out."""
    import webauthn
    from webauthn.helpers import options_to_json

    options = webauthn.generate_registration_options(
        rp_id=place.host, rp_name=COMPANY, user_name=user.email, user_display_name=user.name, user_id=str(user.id).encode(),
        exclude_credentials=_described(of(db, user.id)),
    )  # fmt: skip
    return Question(options_to_json(options), _text(options.challenge))


def ask_to_use(db: Session, user_id: int, place: Place) -> Question | None:
    """What a browser needs to answer with a passkey of this person; None where there is none."""
    import webauthn
    from webauthn.helpers import options_to_json

    found = of(db, user_id)
    if not found:
        return None
    options = webauthn.generate_authentication_options(rp_id=place.host, allow_credentials=_described(found))
    return Question(options_to_json(options), _text(options.challenge))


def add(ctx: Ctx, place: Place, challenge: str, answer: str, name: str) -> list[str]:
    """Accept this passkey of the acting person from now on. Returns recovery codes where it is their first second factor;
    Refused where the answer is not one to ``challenge``."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException

    user = _me(ctx)
    if len(of(ctx.session, user.id)) >= MOST:
        raise Refused(T("There are {n} passkeys already.", n=MOST), "name")
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=place.host,
            expected_origin=place.origin,
        )
    except (WebAuthnException, ValueError) as error:
        raise Refused(T("The passkey could not be set up. Try again."), "name") from error
    credential = _text(made.credential_id)
    if ctx.session.scalar(select(Passkey.id).where(Passkey.credential == credential)) is not None:
        raise Refused(T("This passkey is set up already."), "name")
    first = factor_of(ctx.session, user.id) is None
    ctx.session.add(
        Passkey(user_id=user.id, name=name.strip()[:60] or str(T("Passkey")), credential=credential,
                public_key=_text(made.credential_public_key), count=made.sign_count, made_at=datetime.now(UTC))
    )  # fmt: skip
    flush_rows(ctx.session)
    record_audit(ctx, ENTITY, user.id, "passkey_on", number=user.email, security=True)
    return begin_codes(ctx.hub, ctx.session, user.id) if first else []


def check(hub: Hub, user_id: int, place: Place, challenge: str, answer: str) -> bool:
    """Is it the answer of one of the person's passkeys to this challenge, and the first one? It is used up."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes, parse_authentication_credential_json
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        given = parse_authentication_credential_json(answer)
        with hub.platform(write=False) as db:
            key = next((each for each in of(db, user_id) if each.credential == _text(given.raw_id)), None)
        if key is None:
            return False
        signed = webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.count,
        )
    except (WebAuthnException, ValueError):
        return False
    answered = hashlib.sha256(challenge.encode()).hexdigest()
    # one statement decides between two who send the same answer
    mine = update(Passkey).where(
        Passkey.id == key.id, Passkey.count == key.count, Passkey.answered != answered
    )
    with hub.platform() as db:
        used = mine.values(count=signed.new_sign_count, answered=answered, used_at=datetime.now(UTC))
        return db.execute(used.returning(Passkey.id)).first() is not None


def remove(ctx: Ctx, passkey_id: int) -> None:
    """Take a passkey of the acting person away. Refused for the last second factor where the company asks for one."""
    user = _me(ctx)
    found = of(ctx.session, user.id)
    key = next((each for each in found if each.id == passkey_id), None)
    if key is None:
        raise Refused(T("This passkey is gone."))
    factor = factor_of(ctx.session, user.id)
    if len(found) > 1 or (factor is not None and factor.secret):
        ctx.session.delete(key)
    elif ctx.own_roles() & set(rules(ctx).factor):
        raise Refused(T("Your company asks for a second factor."))
    else:
        remove_factor(ctx.session, user.id)
    record_audit(ctx, ENTITY, user.id, "passkey_off", number=user.email, security=True)


def _me(ctx: Ctx) -> User:
    return ctx.session.get_one(User, ctx.user.id if ctx.user is not None else 0)


def _described(keys: Sequence[Passkey]) -> list[Any]:
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential)) for key in keys]


def _text(data: bytes) -> str:
    from webauthn.helpers import bytes_to_base64url

    return bytes_to_base64url(data)
