"""What every document needs, each part usable alone: what it said when it was issued, revisions, who made and posted it.

Papers are printed by :mod:`kit.printing`; :mod:`core.api` has their numbers, states and actions.
"""

from __future__ import annotations

from kit.papers.parties import Named, Names, Party
from kit.papers.snapshot import Snapshot, SnapshotError, plain_values

__all__ = ["Named", "Names", "Party", "Snapshot", "SnapshotError", "plain_values"]
