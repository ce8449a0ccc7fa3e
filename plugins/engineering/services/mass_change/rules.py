"""What an engineering change does to lines of consumption: pure rules, nothing is read or saved here.

A rule says what is done to every line of a material (or that a line is added); applied to the lines of a BOM it gives edits,
each a line as it was and as it will be. Edits are merged into the lines that a BOM has when they take effect: a line is found
by what it says, so that a change outlives other changes of the same BOM as long as its own lines are untouched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from core.api import T, Text
from plugins.engineering.services.line_values import LineValues

Kind = Literal["replace", "consumption", "wastage", "add", "delete"]
MOST = Decimal(100_000_000)


class Impossible(ValueError):
    """A rule that cannot be applied to a line; ``text`` says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


@dataclass(frozen=True)
class Facts:
    """What a rule must know of a material. ``to_stock``: how many stock units one unit of consumption is, None where it does
    not convert."""

    code: str
    stock_uom: str
    by_color: bool
    by_size: bool
    to_stock: Callable[[str], Fraction | None]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A change of every line of ``material``.

    replace      by ``by``: one stock unit of the old is ``ratio`` stock units of the new
    consumption  by ``pct`` percent, or by ``value`` in the unit of the line; less where they are below zero
    wastage      to ``pct`` percent, breaks by quantity go
    add          ``line``, to every BOM that the change is for
    delete       the line goes
    """

    kind: Kind
    material: int | None = None
    by: int | None = None
    ratio: Decimal = Decimal(1)
    pct: Decimal | None = None
    value: Decimal | None = None
    line: LineValues | None = None


@dataclass(frozen=True)
class Edit:
    """A line as it is, and as it will be: None before is a line that comes, None after one that goes. ``position`` is where it
    stands, or stood."""

    before: LineValues | None
    after: LineValues | None
    position: int | None = None

    @property
    def back(self) -> Edit:
        """The edit that undoes it."""
        return Edit(self.after, self.before, self.position)


@dataclass(frozen=True)
class Outcome:
    """What a rule does to one line, or why it cannot."""

    edit: Edit | None
    problem: Text | None = None
    position: int | None = None


def outcomes(lines: Sequence[LineValues], rule: Rule, facts: Mapping[int, Facts]) -> list[Outcome]:
    """What a rule does to the lines of one BOM: an outcome for each line of its material, none where it changes nothing. The
    position of an edit is the index of its line."""
    if rule.kind == "add":
        assert rule.line is not None
        if any(line.same_place == rule.line.same_place for line in lines):
            code = facts[rule.line.material].code
            return [
                Outcome(
                    None,
                    T("{material} is there already, at the same part of the garment.", material=code),
                )
            ]
        return [Outcome(Edit(None, rule.line))]
    found = []
    for index, line in enumerate(lines):
        if line.material != rule.material:
            continue
        try:
            after = changed(line, rule, facts)
        except Impossible as refused:
            found.append(Outcome(None, refused.text, index))
            continue
        if (
            after is not None
            and any(other.same_place == after.same_place for other in lines if other is not line)
            and line.same_place != after.same_place
        ):
            code = facts[after.material].code
            found.append(
                Outcome(
                    None,
                    T("{material} is there already, at the same part of the garment.", material=code),
                    index,
                )
            )
        elif after != line:
            found.append(Outcome(Edit(line, after, index)))
    return found


def changed(line: LineValues, rule: Rule, facts: Mapping[int, Facts]) -> LineValues | None:
    """The line after the rule, None where it goes. Raises Impossible."""
    if rule.kind == "delete":
        return None
    if rule.kind == "replace":
        assert rule.by is not None
        return _replaced(line, facts[line.material], rule.by, facts[rule.by], Fraction(rule.ratio))
    if rule.kind == "wastage":
        assert rule.pct is not None
        return replace(line, wastage_pct=rule.pct, wastage_breaks=())
    return _consumption(line, rule)


def _consumption(line: LineValues, rule: Rule) -> LineValues:
    def moved(figure: Decimal) -> Decimal:
        if not figure:
            return figure  # a size that takes none goes on taking none
        if rule.pct is not None:
            return rounded(Fraction(figure) * (100 + Fraction(rule.pct)) / 100)
        assert rule.value is not None
        return rounded(Fraction(figure) + Fraction(rule.value))

    after = _figures(line, moved)
    if any(now <= 0 for now, was in zip(after.figures, line.figures, strict=True) if was):
        raise Impossible(T("Consumption must stay above zero."))
    return after


def _replaced(line: LineValues, old: Facts, by: int, new: Facts, ratio: Fraction) -> LineValues:
    """The line with the other material: consumption in its own unit where that converts, else in the new one's stock unit."""
    from_unit, to_unit = old.to_stock(line.uom), new.to_stock(line.uom)
    if from_unit is None:
        raise Impossible(
            T("{source} does not convert to {target}, the stock unit of {material}.",
              source=line.uom, target=old.stock_uom, material=old.code)
        )  # fmt: skip
    uom = line.uom if to_unit is not None else new.stock_uom
    factor = from_unit * ratio / (to_unit if to_unit is not None else 1)
    after = _figures(line, lambda figure: rounded(Fraction(figure) * factor))
    if any(not now for now, was in zip(after.figures, line.figures, strict=True) if was):
        raise Impossible(T("Consumption must stay above zero."))
    after = replace(after, material=by, uom=uom, fixed_loss=rounded(Fraction(line.fixed_loss) * factor))
    if not new.by_color:
        after = replace(after, color_rule="none", fixed_color=None, color_map=())
    elif after.color_rule == "none":
        after = replace(after, color_rule="match")
    return replace(after, size_rule="track" if new.by_size else "none")


def _figures(line: LineValues, moved: Callable[[Decimal], Decimal]) -> LineValues:
    return replace(
        line,
        consumption=None if line.consumption is None else moved(line.consumption),
        sizes=tuple((size, moved(figure)) for size, figure in line.sizes),
    )


def rounded(value: Fraction) -> Decimal:
    """To the finest quantity that is kept, half up. Raises Impossible where it is too much to be kept."""
    scaled = value * 10**6
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    found = Decimal(whole).scaleb(-6)
    if abs(found) >= MOST:
        raise Impossible(T("This is more than can be kept."))
    return found


class Placed(NamedTuple):
    """What becomes of a line: which of those that are there (None: a new one), what it says then (None: it goes), and where a
    line that comes back stood."""

    at: int | None
    after: LineValues | None
    position: int | None = None


@dataclass(frozen=True)
class Merged:
    """Edits carried out on lines. ``lost`` are those whose line is not there any more as it was, or whose new line is there
    already."""

    lines: tuple[LineValues, ...]
    placed: tuple[Placed, ...]
    lost: tuple[Edit, ...] = ()


def merge(lines: Sequence[LineValues], edits: Sequence[Edit]) -> Merged:
    """Edits carried out on the lines that a BOM has now. Each edit takes a line of its own; a new line stands last."""
    now: list[LineValues | None] = list(lines)
    open_ = dict(enumerate(lines))
    placed, lost = [], []
    for edit in edits:
        if edit.before is None:
            continue
        at = next((n for n, line in open_.items() if line == edit.before), None)
        if at is None:
            lost.append(edit)
            continue
        del open_[at]
        now[at] = edit.after
        placed.append(Placed(at, edit.after))
    result = [line for line in now if line is not None]
    for edit in edits:
        if edit.before is not None or edit.after is None:
            continue
        if any(line.same_place == edit.after.same_place for line in result):
            lost.append(edit)
        else:
            result.append(edit.after)
            placed.append(Placed(None, edit.after, edit.position))
    return Merged(tuple(result), tuple(placed), tuple(lost))
