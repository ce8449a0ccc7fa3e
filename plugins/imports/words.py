"""Names and limits of imports."""

from __future__ import annotations

from core.api import EntityName, T

RIGHT = "imports.run"
JOB = "imports.run"
BATCH = "imports.batch"
"""What the activity calls one file that was brought in."""
SIZE_RUNS = EntityName("catalog.size_run")
"""Where sizes come from, if there are any."""
POST = "post"
"""What documents of the stock and of payments go on with; some enter their next state by themselves."""
MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_BYTES = 10 * 1024 * 1024
AT_ONCE = 200
"""Rows that are brought in while one waits; more in the background."""
CHUNK = 100
"""Documents that are kept together: all of them, or each by itself where one is refused."""
TABLE = "lines"
"""The table of a document's lines, wherever it takes them."""
SOURCE = "from"
"""The column that names the document whose action makes those of a sheet."""
DRAFT = "draft"
"""A field of such an action: do not post yet. What is posted, the person says for the whole sheet."""
AGAIN = "again"
TAKES_BACK = ("reverse", "cancel", "discard")
"""Actions by which a document is taken back, the first that it can: what is posted is reversed."""
MODES = (
    ("both", T("change what is there, add what is new")),
    ("new", T("add what is new, leave out what is there")),
    ("known", T("change what is there, leave out what is new")),
    (AGAIN, T("add what is new, also what a sheet brought before")),
)
STATES = {
    "draft": T("being prepared"),
    "checked": T("checked"),
    "running": T("running"),
    "done": T("brought in"),
    "stopped": T("stopped"),
    "undone": T("taken back"),
}
