"""Names, and the kinds of places and movements that this plugin brings to the ledger."""

from __future__ import annotations

from core.api import EntityName, T
from core.ledger import MovementKind, PlaceKind

RELAXATION = EntityName("acme_relaxation.relaxation")
RESTING = PlaceKind("acme_resting", T("fabric at rest"), inside=True)
"""Ours, so never below zero; but in no store, so nobody takes it while it rests."""
INTO_REST = MovementKind("acme_into_rest", T("Laid out to rest"))
FROM_REST = MovementKind("acme_from_rest", T("Back from rest"))
SHRUNK = MovementKind("acme_shrunk", T("Shrunk at rest"))
ROLES = ("wh", "prod", "mgr")
