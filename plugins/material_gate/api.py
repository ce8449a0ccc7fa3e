"""What plugins whose work is held import from here."""

from __future__ import annotations

from plugins.material_gate.hookspecs import GateKind, HoldCheck
from plugins.material_gate.models import GroupSnapshot, Override
from plugins.material_gate.services.gate import Gate, gate_check, of_document
from plugins.material_gate.shown.columns import declare, worst
from plugins.material_gate.words import VIEW

__all__ = [
    "VIEW",
    "Gate",
    "GateKind",
    "GroupSnapshot",
    "HoldCheck",
    "Override",
    "declare",
    "gate_check",
    "of_document",
    "worst",
]
