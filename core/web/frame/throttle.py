"""Slowing guesses down. An attempt is noted before it is checked, so that many at once do not slip through."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select

from core.data.models import LoginAttempt
from core.kernel.hub import Hub

WINDOW = timedelta(minutes=15)
PER_ACCOUNT, PER_ADDRESS = 5, 30


def begin_attempt(hub: Hub, account: str, address: str) -> bool:
    """May somebody at ``address`` try the password of ``account`` now? If so, the attempt is noted as failed."""
    now = datetime.now(UTC)
    with hub.platform() as db:
        db.execute(delete(LoginAttempt).where(LoginAttempt.at < now - timedelta(days=1)))
        count = select(func.count()).select_from(LoginAttempt).where(LoginAttempt.at > now - WINDOW)
        pair = db.scalar(count.where(LoginAttempt.email == account, LoginAttempt.address == address)) or 0
        whole = db.scalar(count.where(LoginAttempt.address == address)) or 0
        if pair >= PER_ACCOUNT or whole >= PER_ADDRESS:
            return False
        db.add(LoginAttempt(email=account, address=address, at=now))
    return True


def clear_attempts(hub: Hub, account: str, address: str) -> None:
    """It was the right password: forget the account's failures from this address."""
    with hub.platform() as db:
        db.execute(delete(LoginAttempt).where(LoginAttempt.email == account, LoginAttempt.address == address))
