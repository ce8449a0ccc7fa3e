"""What documents need, each part usable alone: what was said at issue, revisions, who made and posted it, common actions.

Papers are printed by :mod:`kit.printing`; :mod:`core.api` has their numbers, states and actions.
"""

from __future__ import annotations

from kit.papers.lifecycle import cancel_action, copy_action, copy_header, discard_action, reverse_action
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
    "cancel_action",
    "check_editable",
    "check_reason",
    "copy_action",
    "copy_header",
    "discard_action",
    "future_problems",
    "made_now",
    "plain_values",
    "reverse_action",
    "revision_figures",
    "stamp_created",
    "stamp_posted",
]
