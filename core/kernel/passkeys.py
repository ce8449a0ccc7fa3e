"""Passkeys (WebAuthn): a phone, a computer or a stick signs what this address asks it to sign.

A passkey answers at the address where it was made and nowhere else, so that a page that looks like the hub gets nothing of use.
Asked for at sign-in, and where somebody is asked again who is there; setting one up is the default plugin's of people.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.data.signing import Passkey

if TYPE_CHECKING:
    from core.kernel.hub import Hub

ANSWER = 20_000
"""Characters of what a browser answers, at most."""


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


def passkeys_of(db: Session, user_id: int) -> Sequence[Passkey]:
    """The passkeys of a person, the oldest first."""
    return db.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)).all()


def ask_passkey(db: Session, user_id: int, place: Place) -> Question | None:
    """What a browser needs to answer with a passkey of this person; None where there is none."""
    import webauthn
    from webauthn.helpers import options_to_json

    found = passkeys_of(db, user_id)
    if not found:
        return None
    options = webauthn.generate_authentication_options(rp_id=place.host, allow_credentials=described(found))
    return Question(options_to_json(options), as_text(options.challenge))


def check_passkey(hub: Hub, user_id: int, place: Place, challenge: str, answer: str) -> bool:
    """Is it the answer of one of the person's passkeys to this challenge, and the first one? It is used up."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes, parse_authentication_credential_json
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        given = parse_authentication_credential_json(answer)
        with hub.platform(write=False) as db:
            key = next(
                (each for each in passkeys_of(db, user_id) if each.credential == as_text(given.raw_id)), None
            )
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


def described(keys: Sequence[Passkey]) -> list[Any]:
    """How a browser is told of passkeys."""
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential)) for key in keys]


def as_text(data: bytes) -> str:
    """Bytes as browsers write them."""
    from webauthn.helpers import bytes_to_base64url

    return bytes_to_base64url(data)
