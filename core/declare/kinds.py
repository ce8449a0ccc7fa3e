"""What plugins declare beside entities and their actions: rights, lists, papers, background work, events; plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.text.i18n import LOCALES, Text

if TYPE_CHECKING:
    from core.declare.page_parts import Figure
    from core.kernel.context import Ctx


@dataclass(frozen=True)
class RoleSpec:
    """A role that a tenant starts with; ``names`` is what it is called in other languages."""

    code: str
    name: str
    names: Mapping[str, str]
    plugin: str = ""


@dataclass(frozen=True)
class Permission:
    """A right. ``roles`` are the roles that start with it, ``EVERYONE`` all that are declared.

    before  rights that went as far before this one was told apart: where a tenant worked with the plugin already, whatever
            role has one of them gets this one, instead of ``roles``
    needs   rights without which this one is worth nothing, beside those that follow from declarations
    operator  True: no role has it; those have it who look after the installation (``hub user operator``)
    """

    name: str
    label: Text
    roles: tuple[str, ...] = ()
    plugin: str = "core"
    before: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    operator: bool = False


@dataclass(frozen=True)
class ListSpec:
    """A list that the administrator keeps (reasons, notes). ``items``: (code, english, zh_Hant_TW, zh_Hans_CN)."""

    code: str
    label: Text
    items: tuple[tuple[str, str, str, str], ...] = ()
    plugin: str = ""


@dataclass(frozen=True)
class SeriesSpec:
    """A number series; ``pattern`` is what a new tenant starts with."""

    code: str
    pattern: str
    plugin: str = ""


@dataclass(frozen=True)
class DocumentKind:
    """A printable document. From it come the button with its languages on the page of ``entity``, the address
    ``<document>/pdf/<name>?language=``, its right, and ``hub print``.

    context    ``context(ctx, row)`` gives the values for ``template`` (HTML for the PDF renderer)
    filename   ``filename(row)``: what the file is called
    languages  those it can be printed in
    right      what a person needs beside seeing the row; empty: nothing more
    void       states in which a print proves nothing: the state's word stands across every page
    visible    ``visible(ctx, row)``: further condition for offering it on the page
    title      ``title(row)``: what it is called where that depends on the row; else ``label``
    button     False: its place on the page is elsewhere than in the bar
    """

    name: str
    entity: str
    label: Text
    template: str
    context: Callable[[Ctx, Any], dict[str, Any]]
    filename: Callable[[Any], str]
    plugin: str = ""
    languages: tuple[str, ...] = LOCALES
    right: str = ""
    void: tuple[str, ...] = ("draft", "cancelled", "reversed")
    visible: Callable[[Ctx, Any], bool] | None = None
    title: Callable[[Any], Text] | None = None
    button: bool = True

    def called(self, row: Any) -> Text:
        """What it is called on this row."""
        return self.title(row) if self.title is not None else self.label


@dataclass(frozen=True)
class MenuGroup:
    """A heading of the menu that several plugins put entries under (``menu=(code, order)``). Without one, the heading of
    ``code`` is the title of the plugin of that name, at its manifest's place; ``order`` is counted like that."""

    code: str
    label: Text
    order: int
    plugin: str = ""


@dataclass(frozen=True)
class JobKind:
    """Background work: ``run(ctx, payload, progress) -> result``; safe to run twice.

    ``daily``: the worker asks for it once a day and tenant, in the small hours of the tenant's zone.
    """

    name: str
    run: Callable[..., dict[str, Any] | None]
    label: Text
    plugin: str = ""
    daily: bool = False


@dataclass(frozen=True)
class DemoPart:
    """A plugin's part of the demo company: ``load(ctx, shift)``, every date moved by ``shift`` days.

    ``after`` names plugins whose parts come first where they have one, beside those that the plugin requires.
    """

    load: Callable[[Ctx, int], None]
    after: tuple[str, ...] = ()
    plugin: str = ""


@dataclass(frozen=True)
class Event:
    """Something that happens once in a document's life, such as "contract signed"; its day comes from the hook
    ``milestones``. ``code`` is ``<plugin>.<what>``, ``entity`` the kind of document it happens to; empty where it happens to
    documents of several kinds, which the hook tells apart."""

    code: str
    label: Text
    entity: str
    plugin: str = ""


@dataclass(frozen=True)
class ProcessStep:
    """A column of the full-process table of an entity: how far each document is in one respect.

    ``load(ctx, ids) -> {id: Figure}`` is called once a page; ``right`` is what a person needs to see it; ``help`` says
    how the figure is counted.
    """

    name: str
    entity: str
    label: Text
    load: Callable[[Ctx, Sequence[int]], Mapping[int, Figure]]
    order: int = 50
    right: str = ""
    plugin: str = ""
    help: Text | None = None
