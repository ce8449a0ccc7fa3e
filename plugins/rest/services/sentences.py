"""Sentences of the description."""

from __future__ import annotations

from core.api import T

ABOUT = T(
    "Documents, master data and actions of this company, with the rights of the person whose token is sent. Decimals are "
    "texts, days are ISO texts, references are the code or number of what they point to."
)
KEY = T("Its code or number; id:7 where that cannot stand in an address.")
SEARCH = T("Words to look for.")
SORT = T("The name of a column; with - in front downwards.")
CURSOR = T("next_cursor of the answer before.")
FIELDS = T("Names of columns with commas between; else those the list shows.")
PARTS = T("Names of its fields and tables with commas between; else all of them.")
INCLUDE = T(
    "“figures”, “actions” or both with a comma between: what is worked out beside its fields and tables."
)
STATE = T("A state; “open” means all that are not closed. May be given several times.")
FILTER = T("As on the screen. May be given several times.")
VERSION = T("The ETag of the document as you saw it; * where that does not matter.")
PRINT = T("The document as PDF")
HISTORY = T("Who did what")
GOOD = T("Done.")
MADE = T("Another document was made.")
REFUSED = T("What went wrong, and where.")
READINGS = T("Figures")
