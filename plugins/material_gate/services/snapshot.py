"""The picture of a gate that an override keeps."""

from __future__ import annotations

from plugins.material_gate.models import GroupSnapshot
from plugins.material_gate.services.gate import Gate, Group


def gate_snapshot(gate: Gate) -> tuple[tuple[GroupSnapshot, ...], list[list[str]]]:
    """(groups, failing checks) as they are kept: every group with its need, the short ones marked."""
    return tuple(_group(g) for g in gate.groups), [[str(c.label), str(c.detail)] for c in gate.failing]


def _group(g: Group) -> GroupSnapshot:
    return GroupSnapshot(
        key=key(g), material=g.name.material, color=g.name.color, size=g.name.size, destination=g.name.destination,
        uom=g.name.uom, stage=g.stage, required=g.required, arrived=g.arrived, short=g.short, holds=g.holds,
    )  # fmt: skip


def key(g: Group) -> tuple[int, int | None, str | None, int | None]:
    """Which group it is: material, colour, size, destination."""
    return g.key.material, g.key.color, g.key.size, g.key.destination
