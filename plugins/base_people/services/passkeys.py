"""Passkeys as second factor: a person sets them up and takes them away (:mod:`core.kernel.passkeys` asks for them)."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.api import Ctx, Refused, T, record_audit
from core.base_api import (
    Passkey,
    PasskeyPlace,
    PasskeyQuestion,
    User,
    as_text,
    begin_codes,
    described,
    factor_of,
    passkeys_of,
    remove_factor,
)
from core.db import flush_rows
from plugins.base_people.services.people import ENTITY
from plugins.base_people.services.rules import rules

COMPANY = "OEM Hub"
MOST = 20
"""Passkeys of a person."""


def ask_to_make(db: Session, user: User, place: PasskeyPlace) -> PasskeyQuestion:
    """What a browser needs to make a passkey; devices that have one of this person are left out."""
    import webauthn
    from webauthn.helpers import options_to_json

    options = webauthn.generate_registration_options(
        rp_id=place.host, rp_name=COMPANY, user_name=user.email, user_display_name=user.name, user_id=str(user.id).encode(),
        exclude_credentials=described(passkeys_of(db, user.id)),
    )  # fmt: skip
    return PasskeyQuestion(options_to_json(options), as_text(options.challenge))


def add(ctx: Ctx, place: PasskeyPlace, challenge: str, answer: str, name: str) -> list[str]:
    """Accept this passkey of the acting person from now on. Returns recovery codes where it is their first second factor;
    Refused where the answer is not one to ``challenge``."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException

    user = _me(ctx)
    if len(passkeys_of(ctx.session, user.id)) >= MOST:
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
    credential = as_text(made.credential_id)
    if ctx.session.scalar(select(Passkey.id).where(Passkey.credential == credential)) is not None:
        raise Refused(T("This passkey is set up already."), "name")
    first = factor_of(ctx.session, user.id) is None
    ctx.session.add(
        Passkey(user_id=user.id, name=name.strip()[:60] or str(T("Passkey")), credential=credential,
                public_key=as_text(made.credential_public_key), count=made.sign_count, made_at=datetime.now(UTC))
    )  # fmt: skip
    flush_rows(ctx.session)
    record_audit(ctx, ENTITY, user.id, "passkey_on", number=user.email, security=True)
    return begin_codes(ctx.hub, ctx.session, user.id) if first else []


def remove(ctx: Ctx, passkey_id: int) -> None:
    """Take a passkey of the acting person away. Refused for the last second factor where the company asks for one."""
    user = _me(ctx)
    found = passkeys_of(ctx.session, user.id)
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
