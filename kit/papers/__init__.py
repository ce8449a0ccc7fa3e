"""What every document needs, each part usable alone: what it said when it was issued, revisions, who made and posted it.

Papers are printed by :mod:`kit.printing`; :mod:`core.api` has their numbers, states and actions.
"""

from __future__ import annotations

from kit.papers.parties import Named, Names, Party
from kit.papers.revision import Difference, RevisionColumns, add_revision, check_reason, revision_figures
from kit.papers.snapshot import Snapshot, SnapshotError, SnapshotList, plain_values
from kit.papers.stamps import (
    CreatedColumns,
    PostedColumns,
    check_editable,
    future_problems,
    made_now,
    stamp_created,
    stamp_posted,
)

__all__ = [
    "CreatedColumns",
    "Difference",
    "Named",
    "Names",
    "Party",
    "PostedColumns",
    "RevisionColumns",
    "Snapshot",
    "SnapshotError",
    "SnapshotList",
    "add_revision",
    "check_editable",
    "check_reason",
    "future_problems",
    "made_now",
    "plain_values",
    "revision_figures",
    "stamp_created",
    "stamp_posted",
]
