"""Signatures never stand alone on a page: what is in a block ``keep`` stays whole, and with it the end of what comes before.

Of a long table the last rows come along, under the table's head; of a text its last paragraph.
"""

from __future__ import annotations

from typing import Any

from reportlab.platypus.doctemplate import ActionFlowable, FrameBreak
from reportlab.platypus.flowables import Flowable, KeepTogether, Spacer, _listWrapOn

LAST_ROWS = 42.0
"""Points of a table that go to the next page with a block: two or three rows."""


class Tail(Flowable):  # type: ignore[misc]
    """``block`` with the end of ``main`` on one page. ``heads`` are headings that stay with what follows them."""

    def __init__(self, heads: list[Any], main: Any, block: list[Any]) -> None:
        super().__init__()
        self.heads, self.main, self.block = heads, main, block

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Larger than any page: it is always split into what it is made of."""
        return width, 0xFFFFFF

    def split(self, width: float, height: float) -> list[Any]:
        """What goes here, what goes to the next page."""
        whole = [*self.heads, self.main, *self.block]
        if self._height(whole, width) <= height:
            return whole
        heads, alone = self._height(self.heads, width), self._height([self.main], width)
        fits = heads + alone <= height
        room = alone - LAST_ROWS if fits else height - heads
        parts = self.main.splitOn(self.canv, width, room) if room > 0 else []
        if len(parts) == 2:
            rest = Tail([], parts[1], self.block)
            return [*self.heads, parts[0], FrameBreak(), rest] if fits else [*self.heads, parts[0], rest]
        if getattr(getattr(self, "_frame", None), "_atTop", False):
            return [*self.heads, self.main, KeepTogether(self.block)]
        return [FrameBreak(), Tail(self.heads, self.main, self.block)]

    def _height(self, flowables: list[Any], width: float) -> float:
        return float(_listWrapOn(flowables, width, self.canv)[1]) if flowables else 0.0


def with_tails(story: list[Any]) -> list[Any]:
    """The story of a document, each block that is kept together with what stands before it."""
    made: list[Any] = []
    for each in story:
        if type(each) is KeepTogether and made:
            block = each._content
            spaces: list[Any] = []
            while made and isinstance(made[-1], Spacer):
                spaces.insert(0, made.pop())
            if made and not isinstance(made[-1], Tail | ActionFlowable | KeepTogether):
                main = made.pop()
                heads: list[Any] = []
                while made and getattr(made[-1], "keepWithNext", False):
                    heads.insert(0, made.pop())
                each = Tail(heads, main, [*spaces, *block])
            else:
                made += spaces
        made.append(each)
    return made


def install() -> None:
    """Let the renderer build its documents this way."""
    from xhtml2pdf.xhtml2pdf_reportlab import PmlBaseDoc

    build = getattr(PmlBaseDoc, "hub_build", PmlBaseDoc.build)

    def whole(doc: Any, story: list[Any], *args: Any, **more: Any) -> Any:
        return build(doc, with_tails(story), *args, **more)

    PmlBaseDoc.hub_build, PmlBaseDoc.build = build, whole
