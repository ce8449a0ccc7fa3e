"""What other plugins may use of engineering."""

from __future__ import annotations

from plugins.engineering.hookspecs import ChangeImpact
from plugins.engineering.services import change_orders, confirmed_substitutes
from plugins.engineering.services.allowed_substitutes import AllowedSubstitute, substitutes
from plugins.engineering.services.bulk_reading import explode, gap_refused, structures
from plugins.engineering.services.structures import (
    Component,
    Demand,
    Explosion,
    Owner,
    Source,
    Structures,
)
from plugins.engineering.services.substitute_netting import Available, Offer, Take, net_with_substitutes
from plugins.engineering.words import BUY, MADE, MAKE, OUTSOURCE

__all__ = [
    "BUY",
    "MADE",
    "MAKE",
    "OUTSOURCE",
    "AllowedSubstitute",
    "Available",
    "ChangeImpact",
    "Component",
    "Demand",
    "Explosion",
    "Offer",
    "Owner",
    "Source",
    "Structures",
    "Take",
    "change_orders",
    "confirmed_substitutes",
    "explode",
    "gap_refused",
    "net_with_substitutes",
    "structures",
    "substitutes",
]
