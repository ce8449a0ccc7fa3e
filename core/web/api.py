"""What screens import: pages and their routes, the generic screen and form, the once-only post, sending a file.

With :mod:`core.api` this is all that a plugin imports of the hub. What is public on these classes may be overridden; a name
that begins with an underscore may change at any time. tests/surface.txt keeps every signature.
"""

from __future__ import annotations

from core.web.frame.nav import entity_url
from core.web.modelview import HubModelView
from core.web.screens.actionform import at_inputs
from core.web.screens.form_page import Errors, FormPage, activity, filled, posted
from core.web.screens.formdata import EntityForm, by_input, row_indices
from core.web.screens.listing import address as list_address
from core.web.screens.listing import filter_inputs as list_filters
from core.web.screens.listing import read as list_query
from core.web.screens.listing import send_list
from core.web.screens.page import Page, Right, attempt, ctx, route, submit_once, undo
from core.web.screens.render import ICONS, chip
from core.web.screens.screen import EntityView
from core.web.screens.sending import send

__all__ = [
    "ICONS",
    "EntityForm",
    "EntityView",
    "Errors",
    "FormPage",
    "HubModelView",
    "Page",
    "Right",
    "activity",
    "at_inputs",
    "attempt",
    "by_input",
    "chip",
    "ctx",
    "entity_url",
    "filled",
    "list_address",
    "list_filters",
    "list_query",
    "posted",
    "route",
    "row_indices",
    "send",
    "send_list",
    "submit_once",
    "undo",
]
