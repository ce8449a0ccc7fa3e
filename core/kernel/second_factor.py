"""A second factor: six digits of an authenticator app, each accepted once, or passkeys, and recovery codes for who has lost it.

The app's secret is encrypted with a key that follows from the hub's secret, which the database does not hold; of recovery codes
only keyed digests are kept. TOTP itself is passlib's, as in Flask-Security.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.data.signing import Passkey, SecondFactor

if TYPE_CHECKING:
    from core.kernel.hub import Hub

ISSUER = "OEM Hub"
CODES = 10
"""Recovery codes that are made at a time."""
DRIFT = 30
"""Seconds that the clock of a phone may be ahead or behind."""


@dataclass(frozen=True)
class Setup:
    """What an app needs: the ``key`` to type, the ``uri`` behind the code, and its picture as SVG."""

    key: str
    uri: str
    picture: str


def _derived(secret_key: str, purpose: str) -> bytes:
    return hmac.new(secret_key.encode(), purpose.encode(), hashlib.sha256).digest()


def _keys(hub: Hub) -> list[str]:
    """The hub's secret keys, the newest first: apps and codes go on hanging on the one they were set up under."""
    return hub.config.secret_keys()[::-1]


@cache
def _totp(key: str) -> Any:
    from passlib.totp import TOTP

    return TOTP.using(issuer=ISSUER, secrets={"1": key})


def _maker(hub: Hub) -> Any:
    return _made_with(hub.config.secret_key())


def _made_with(secret_key: str) -> Any:
    return _totp(_derived(secret_key, "second factor").hex())


def new_secret(hub: Hub) -> str:
    """A secret for an app, encrypted: safe to keep in a cookie and in the database."""
    return str(_maker(hub).new().to_json(encrypt=True))


def setup(hub: Hub, secret: str, email: str) -> Setup:
    """How the person's app gets the secret; nothing of it is fetched from anywhere."""
    import qrcode
    from qrcode.image.svg import SvgPathImage

    totp = _maker(hub).from_source(secret)
    uri, drawn = totp.to_uri(email), io.BytesIO()
    qrcode.make(uri, image_factory=SvgPathImage, box_size=8, border=4).save(drawn)
    svg = drawn.getvalue().decode()
    return Setup(totp.pretty_key(), uri, svg[svg.index("<svg") :])


def factor_of(db: Session, user_id: int) -> SecondFactor | None:
    """The second factor of a person, if there is one."""
    return db.scalars(select(SecondFactor).where(SecondFactor.user_id == user_id)).one_or_none()


def has_factor(db: Session, user_id: int) -> bool:
    """Does this person sign in with a second factor?"""
    return db.scalar(select(SecondFactor.id).where(SecondFactor.user_id == user_id)) is not None


def add_factor(hub: Hub, db: Session, user_id: int, secret: str, code: str) -> list[str] | None:
    """Begin to ask for codes of this app; returns the recovery codes, or None where ``code`` is not the app's."""
    counter = _counter(hub, secret, code)
    if counter is None:
        return None
    return _begin(hub, db, user_id, secret, counter)


def begin_codes(hub: Hub, db: Session, user_id: int) -> list[str]:
    """Recovery codes of somebody who begins with a passkey; an app may come later."""
    return _begin(hub, db, user_id, "", 0)


def _begin(hub: Hub, db: Session, user_id: int, secret: str, counter: int) -> list[str]:
    made = _new_codes()
    db.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    db.add(SecondFactor(user_id=user_id, secret=secret, counter=counter, codes=_digests(hub, user_id, made),
                        made_at=datetime.now(UTC)))  # fmt: skip
    db.flush()
    return made


def renew_codes(hub: Hub, db: Session, user_id: int) -> list[str]:
    """New recovery codes; those before end."""
    made = _new_codes()
    mine = update(SecondFactor).where(SecondFactor.user_id == user_id)
    db.execute(mine.values(codes=_digests(hub, user_id, made)))
    return made


def remove_app(db: Session, user_id: int) -> None:
    """No authenticator app from now on; passkeys and recovery codes stay."""
    mine = update(SecondFactor).where(SecondFactor.user_id == user_id)
    db.execute(mine.values(secret="", counter=0))


def remove_factor(db: Session, user_id: int) -> None:
    """No second factor from now on: neither app nor passkeys."""
    db.execute(delete(Passkey).where(Passkey.user_id == user_id))
    db.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))


def check_code(hub: Hub, user_id: int, typed: str) -> bool:
    """Is it a code of the person's app that was not used before, or a recovery code that is left? It is used up."""
    code = re.sub(r"[\s-]", "", typed).lower()
    with hub.platform(write=False) as db:
        factor = factor_of(db, user_id)
    if factor is None or not code.isascii():
        return False
    if re.fullmatch(r"\d{6}", code):
        counter = _counter(hub, factor.secret, code)
        return counter is not None and _used(hub, user_id, counter)
    return _recovered(hub, user_id, code)


def _counter(hub: Hub, secret: str, code: str) -> int | None:
    from passlib.totp import TokenError

    for key in _keys(hub):
        try:
            return int(_made_with(key).verify(re.sub(r"\s", "", code), secret, window=DRIFT).counter)
        except (TokenError, ValueError, TypeError, KeyError):  # not the code, or a secret of another key
            continue
    return None


def _used(hub: Hub, user_id: int, counter: int) -> bool:
    """Codes go forwards only: one statement decides between two who send the same one."""
    newer = update(SecondFactor).where(SecondFactor.user_id == user_id, SecondFactor.counter < counter)
    with hub.platform() as db:
        return db.execute(newer.values(counter=counter).returning(SecondFactor.id)).first() is not None


def _recovered(hub: Hub, user_id: int, code: str) -> bool:
    digests = {_digest(key, user_id, code) for key in _keys(hub)}
    mine = select(SecondFactor).where(SecondFactor.user_id == user_id).with_for_update()
    with hub.platform() as db:
        factor = db.scalars(mine).one_or_none()
        if factor is None or digests.isdisjoint(factor.codes):
            return False
        factor.codes = [kept for kept in factor.codes if kept not in digests]
        return True


def _new_codes() -> list[str]:
    return ["-".join(re.findall("....", secrets.token_hex(6))) for _n in range(CODES)]


def _digests(hub: Hub, user_id: int, codes: list[str]) -> list[str]:
    return [_digest(hub.config.secret_key(), user_id, code) for code in codes]


def _digest(secret_key: str, user_id: int, code: str) -> str:
    key = _derived(secret_key, f"recovery {user_id}")
    return hmac.new(key, code.replace("-", "").encode(), hashlib.sha256).hexdigest()
