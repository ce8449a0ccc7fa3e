"""What plugins give to pages while they are shown: vetoes, panels, tiles, alerts, menu entries, search hits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from core.declare.declarations import EntityType, Tone
from core.text.i18n import Text

if TYPE_CHECKING:
    from core.kernel.context import Ctx


@dataclass(frozen=True)
class Block:
    """A veto on an action. ``override`` names the permission that may go on in spite of it, with a reason.

    ``reasons`` is the code of a list (ListSpec) a reason must be chosen from; ``min_text`` how long the words must be.
    ``detail`` is what the plugin wants to find again in ``after_override``; ``template`` shows it where the action is
    refused (a template of the plugin that gets ``block``).
    """

    reason: Text
    source: str
    override: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    reasons: str = ""
    min_text: int = 1
    template: str = ""


@dataclass(frozen=True)
class Panel:
    """A part of a page: a template of the plugin and its values, put at ``place``: ``main``, ``side``, ``tab:<name>`` on the
    Hub page; on a document's page its body, or ``foot`` (a card beside the activity) and ``activity`` (inside that card, bare).

    ``values`` may be a function: it is called only when the panel is drawn, so that a tab nobody looks at costs nothing.
    ``later``: drawn when somebody comes to it, by a request of its own (without script, by a link): for what is dear and
    asked seldom. Its ``values`` are a function. Only in the body of a document's page.
    ``folded``: only its title until a person opens it, and as they left it from then on: for what is looked up now and then.
    A part that is drawn later too is drawn once it is open.
    ``topic`` is what it tells of (``material``); ``within``: the topic of another part, in whose card this one is drawn,
    above or below it as ``order`` says, so that one thing is one section. Alone where that part is not on the page.
    Tabs of the Hub page are named by plugins and stand in the order of the first panel in each.
    """

    title: Text
    template: str
    values: Mapping[str, Any] | Callable[[], Mapping[str, Any]]
    place: str = "main"
    order: int = 50
    topic: str = ""
    within: str = ""
    later: bool = False
    folded: bool = False

    @property
    def key(self) -> str:
        """What names it on a page: its template's name; nothing for one that many plugins share."""
        name = "" if self.template.startswith("hub/") else self.template.removesuffix(".html")
        return name.replace("/", "-").replace("_", "-")


@dataclass(frozen=True)
class DocumentBlock:
    """A part of others' printed documents: a template of the plugin's ``documents`` folder (``acme_kits/facts.html``) and its
    values, plain ones as JSON has them and in every language that is printed: they are kept with the document when it is
    issued. The template gets ``language`` too."""

    template: str
    values: Mapping[str, Any]
    order: int = 50


@dataclass(frozen=True)
class Activity:
    """What somebody wrote about a document, in the stream of what was done to it."""

    at: datetime
    user_name: str
    body: str


@dataclass(frozen=True)
class Tile:
    """A figure on the Hub page and the list it opens."""

    label: Text
    value: Any
    href: str
    tone: Tone = "neutral"
    order: int = 50
    tab: str = ""


@dataclass(frozen=True)
class Alert:
    """Something that needs attention."""

    message: Text
    href: str
    tone: Tone = "warn"
    order: int = 50


@dataclass(frozen=True)
class Task:
    """Something that waits for the person who looks: what to do, on which document, until when."""

    label: Text
    subject: str
    href: str
    due: date | None = None
    tone: Tone = "neutral"
    source: str = ""


@dataclass(frozen=True)
class FirstStep:
    """Something a new company does before it can work: ``done`` is read from the data; ``href`` leads to where it is done. Once
    a ``goal`` is done, nobody needs the others any more."""

    label: Text
    href: str
    done: bool
    order: int = 50
    help: Text | None = None
    goal: bool = False


@dataclass(frozen=True)
class Figure:
    """A cell of the full-process table: a value and the page behind it.

    kind  ``pct`` (Decimal, two decimals, with a bar), ``badge`` (Text with ``tone``), ``text``, ``int``, ``date``
    """

    value: Any
    kind: Literal["pct", "badge", "text", "int", "date"] = "text"
    href: str = ""
    tone: Tone = "neutral"


@dataclass(frozen=True)
class FramePart:
    """A part of the frame around pages: a template of the plugin, put at ``place``, and the script it needs.

    name    what another plugin replaces it by (``search``)
    place   ``head``: the bar at the top of every page; ``list``: the buttons above every list, whose ``entity`` it knows;
            ``ticked``: the buttons for rows of a list that are ticked (``row`` of the form around it)
    when    of parts of lists: whether it is there for this kind of document
    script  a file of the plugin's ``static`` folder
    """

    name: str
    place: Literal["head", "list", "ticked"]
    template: str
    script: str = ""
    when: Callable[[Ctx, EntityType], bool] | None = None
    order: int = 50
    plugin: str = "core"


@dataclass(frozen=True)
class NavItem:
    """An entry of the menu."""

    label: Text
    href: str
    category: str
    order: int = 50


@dataclass(frozen=True)
class SearchHit:
    """A document that was searched for.

    Where ``row_id`` is given, core adds state and partner of the document. Several hits of one address are one.
    """

    entity: str
    label: str
    title: str
    href: str
    row_id: int = 0


PARTS: Mapping[str, type] = {
    "dashboard_tiles": Tile,
    "dashboard_panels": Panel,
    "entity_panels": Panel,
    "document_blocks": DocumentBlock,
    "activity": Activity,
    "nav_items": NavItem,
    "alerts": Alert,
    "tasks": Task,
    "first_steps": FirstStep,
    "search": SearchHit,
}
"""What the display hooks of core give; anything else is the plugin's mistake."""
