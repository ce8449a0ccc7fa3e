"""What carries a key is done once: the same thing sent again is answered with the first answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from core.data.records import Idempotency
from core.errors import Refused
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def claim_key(ctx: Ctx, key: str, fingerprint: str) -> str | None:
    """Take ``key`` (at most 64 characters) for what is about to be done in this transaction; None: go on.

    Otherwise the answer that was kept the first time. Refused where the key came with another ``fingerprint`` (a digest of
    all that was sent, and by whom).
    """
    insert = pg_insert if ctx.session.get_bind().dialect.name == "postgresql" else sqlite_insert
    made = ctx.session.execute(
        insert(Idempotency)
        .values(
            tenant_id=ctx.session.tenant_id, key=key, fingerprint=fingerprint, response="",
            user_id=ctx.user.id if ctx.user else None, at=ctx.now(),
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "key"])
        .returning(Idempotency.id)
    ).scalar_one_or_none()  # fmt: skip
    if made is not None:
        return None
    first = ctx.session.scalars(select(Idempotency).where(Idempotency.key == key)).one()
    if first.fingerprint != fingerprint or not first.response:
        raise Refused(T("This form was already sent with other values. Reload the page and check."))
    return first.response


def keep_answer(ctx: Ctx, key: str, answer: str) -> None:
    """Keep what the sender was told (at most 400 characters), for when it is sent again."""
    row = ctx.session.scalars(select(Idempotency).where(Idempotency.key == key)).one()
    row.response = answer
