"""What screens import: pages and their routes, the generic screen and form, the once-only post, sending a file.

With :mod:`core.api` and its neighbours this is all that a plugin imports of the hub. What is public on these classes may be
overridden; a name that begins with an underscore may change at any time. tests/surface.txt keeps every signature.
"""

from __future__ import annotations

from core.entities.payload import clean_rows
from core.web.modelview import HubModelView
from core.web.screens.actionform import at_inputs
from core.web.screens.form_page import FormPage
from core.web.screens.formdata import EntityForm, by_input, row_indices
from core.web.screens.page import Page, ctx, hub, route, seen_version, submit_once, undo
from core.web.screens.screen import EntityView
from core.web.screens.sending import send

__all__ = [
    "EntityForm",
    "EntityView",
    "FormPage",
    "HubModelView",
    "Page",
    "at_inputs",
    "by_input",
    "clean_rows",
    "ctx",
    "hub",
    "route",
    "row_indices",
    "seen_version",
    "send",
    "submit_once",
    "undo",
]
