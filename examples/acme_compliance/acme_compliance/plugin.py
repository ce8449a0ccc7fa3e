"""Wiring of acme_compliance: manifest and hook implementations, nothing else."""

from __future__ import annotations

from acme_compliance import documents, entities, shown
from acme_compliance.services import daily
from acme_compliance.services.holding import after_override, before_transition
from acme_compliance.shown import alerts, entity_panels
from core.api import Declare, Field, Manifest, T, hookimpl

manifest = Manifest(
    name="acme_compliance",
    title=T("Factory compliance"),
    version="1.0.0",
    summary=T("Audits of factories; no order is issued to one without."),
    category="custom",
    default_on=False,
    requires=("catalog", "outsourcing"),
    settings=(
        Field("hold", T("Hold orders to factories without a valid audit"), "bool", default=True),
        Field("valid_days", T("Days that an audit is valid"), "int", default=365, min=1, max=3650),
    ),
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare what there is."""
    entities.register(registry)
    shown.register(registry)
    documents.register(registry)
    daily.register(registry)


__all__ = ["after_override", "alerts", "before_transition", "entity_panels", "manifest", "register"]
