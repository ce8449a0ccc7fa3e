"""The tenant's settings, as one part of a context: read together, once (:mod:`core.kernel.memo` says for how long)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.data.models import Setting
from core.data.tenancy import TenantSession
from core.kernel.memo import Memo


class Settings:
    """Settings by key, JSON values."""

    def __init__(self, session: TenantSession, memo: Memo) -> None:
        self._session = session
        self._memo = memo

    def all(self) -> dict[str, Any]:
        """All of them."""
        return self._memo.once(
            "core.settings",
            lambda: {s.key: s.value for s in self._session.scalars(select(Setting))},
            tables=(Setting.__tablename__,),
        )

    def get(self, key: str, default: Any = None) -> Any:
        """One setting; ``default`` where it was never set."""
        value = self.all().get(key)
        return default if value is None else value

    def set(self, key: str, value: Any) -> None:
        """Store a setting."""
        row = self._session.scalars(select(Setting).where(Setting.key == key)).one_or_none()
        if row is None:
            self._session.add(Setting(key=key, value=value))
        else:
            row.value = value
        self._session.flush()
