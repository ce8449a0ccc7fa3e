"""Second factors: a person sets up an app or passkeys; an administrator may ask for it by role, and take a lost one away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.api import Ctx, Refused, T, record_audit
from core.base_api import (
    Passkey,
    SecondFactor,
    User,
    add_factor,
    factor_of,
    passkeys_of,
    remove_app,
    remove_factor,
    renew_codes,
)
from plugins.base_people.services.people import ENTITY, manageable
from plugins.base_people.services.rules import rules


@dataclass(frozen=True)
class State:
    """``since``: when the app was set up, None without one; ``keys``: passkeys; ``left``: recovery codes; ``wanted``: the
    company asks for a second factor."""

    since: datetime | None
    keys: Sequence[Passkey]
    left: int
    wanted: bool


def state(ctx: Ctx) -> State:
    """How the acting person signs in."""
    factor = factor_of(ctx.session, _me(ctx).id)
    wanted = bool(ctx.own_roles() & set(rules(ctx).factor))
    since = factor.made_at if factor and factor.secret else None
    return State(since, passkeys_of(ctx.session, _me(ctx).id), len(factor.codes) if factor else 0, wanted)


def turn_on(ctx: Ctx, secret: str, code: str) -> list[str]:
    """Ask the acting person for codes of this app from now on; returns the recovery codes, which are shown once."""
    user = _me(ctx)
    before = factor_of(ctx.session, user.id)
    if before is not None and before.secret:
        raise Refused(T("There is an authenticator app already."), "code")
    made = add_factor(ctx.hub, ctx.session, user.id, secret, code)
    if made is None:
        raise Refused(
            T("This is not the code that the app shows now. Is the clock of the phone right?"), "code"
        )
    record_audit(ctx, ENTITY, user.id, "second_factor_on", number=user.email, security=True)
    return made


def renew(ctx: Ctx) -> list[str]:
    """New recovery codes for the acting person; those before end."""
    user, _factor = _me(ctx), _own(ctx)
    record_audit(ctx, ENTITY, user.id, "recovery_codes", number=user.email, security=True)
    return renew_codes(ctx.hub, ctx.session, user.id)


def turn_off(ctx: Ctx) -> None:
    """No code of an app is asked for any more. Refused for the last second factor where the company asks for one."""
    user, factor = _me(ctx), _own(ctx)
    if not factor.secret:
        raise Refused(T("There is no authenticator app."))
    if passkeys_of(ctx.session, user.id):
        remove_app(ctx.session, user.id)
    elif state(ctx).wanted:
        raise Refused(T("Your company asks for a second factor."))
    else:
        remove_factor(ctx.session, user.id)
    record_audit(ctx, ENTITY, user.id, "second_factor_off", number=user.email, security=True)


def take_away(ctx: Ctx, user_id: int) -> None:
    """Take away the second factor of a member who has lost it, phone and recovery codes."""
    found = manageable(ctx, user_id)
    if not found.alone:
        raise Refused(T("This login is not managed here. Ask the operator."))
    if ctx.user is not None and ctx.user.id == user_id:
        raise Refused(T("Change your own second factor on your own page."))
    remove_factor(ctx.session, user_id)
    record_audit(ctx, ENTITY, user_id, "second_factor_off", number=found.email, security=True)
    ctx.session.flush()


def _me(ctx: Ctx) -> User:
    return ctx.session.get_one(User, ctx.user.id if ctx.user is not None else 0)


def _own(ctx: Ctx) -> SecondFactor:
    factor = factor_of(ctx.session, _me(ctx).id)
    if factor is None:
        raise Refused(T("There is no second factor."))
    return factor
