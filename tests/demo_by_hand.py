"""The demo company worked out by hand: figures from its input files and the rules of the trade, without any code of the hub.

A group is (material, colour, size, destination), "" where a dimension does not matter. Quantities are in stock units
unless a name says purchase units.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import yaml

PLUGINS = Path(__file__).parent.parent / "plugins"
Row = dict[str, str]
Group = tuple[str, str, str, str]
LAST = date(2026, 11, 23)


def table(path: str) -> list[Row]:
    """The lines of an input file; a dash means nothing."""
    with (PLUGINS / path).open(encoding="utf-8") as file:
        return [{k: "" if v == "-" else v for k, v in row.items()} for row in csv.DictReader(file)]


MATERIALS = {row["code"]: row for row in table("catalog/demo/materials.csv")}
PER_CARTON = {
    style["code"]: style["pcs_per_carton"]
    for style in yaml.safe_load((PLUGINS / "catalog/demo/styles.yaml").read_text(encoding="utf-8"))["styles"]
}
FO_LINES = table("outsourcing/demo/factory_order_lines.csv")
PO_LINES = {(row["po"], row["line"]): row for row in table("purchasing/demo/purchase_orders.csv")}
BOM: dict[tuple[str, str], list[Row]] = defaultdict(list)
for _row in table("catalog/demo/bom.csv"):
    BOM[_row["style"], _row["garment_size"]].append(_row)


def exact(value: Fraction) -> Decimal:
    """A fraction that ends as a decimal; to six places where it does not."""
    return (
        Decimal(value.numerator * 10**6 * 10 // value.denominator)
        .scaleb(-7)
        .quantize(Decimal("1E-6"), ROUND_HALF_UP)
    )


def up(value: Fraction, step: str) -> Fraction:
    """Rounded up to a step."""
    return math.ceil(value / Fraction(step)) * Fraction(step)


def half_up(value: Fraction, step: str) -> Fraction:
    """Rounded to a step, a half upwards."""
    return math.floor(value / Fraction(step) + Fraction(1, 2)) * Fraction(step)


def use(style: str, color: str, size: str, pieces: int) -> Iterator[tuple[Group, Fraction, Fraction]]:
    """What pieces of a style take of each group: net, and with wastage. Thread: 5,000 m are a cone."""
    for line in BOM[style, size]:
        rule = line["color_rule"]
        key = color if rule == "match" else rule.partition(":")[2]
        unit = 1 if line["bom_uom"] == MATERIALS[line["material"]]["stock_uom"] else Fraction(1, 5000)
        net = pieces * Fraction(line["consumption_per_pc"]) * unit
        group = (line["material"], key, size if line["size_rule"] == "track" else "", "")
        yield group, net, net * (1 + Fraction(line["wastage_pct"]) / 100)


def required(order: str) -> dict[Group, Fraction]:
    """Need of a factory order: the sum over its sizes, rounded up once a group; cartons line by line."""
    gross: dict[Group, Fraction] = defaultdict(Fraction)
    sizes = table("orders/demo/order_sizes.csv")
    cartons: dict[Group, Fraction] = defaultdict(Fraction)
    for line in FO_LINES:
        if line["fo"] != order:
            continue
        cartons["CTN", "", "", line["destination"]] += math.ceil(int(line["qty"]) / PER_CARTON[line["style"]])
        for cell in sizes:
            if all(cell[k] == line[k] for k in ("so", "style", "destination")):
                for group, _net, loss in use(cell["style"], cell["color"], cell["size"], int(cell["qty"])):
                    gross[group] += loss
    found = {group: up(qty, MATERIALS[group[0]]["stock_step"]) for group, qty in gross.items()}
    return {**found, **cartons}


class Bought(NamedTuple):
    """A purchase line: purchase units but for ``stock`` (accepted), ``rejected`` and ``coming`` (the balance)."""

    ordered: Fraction
    received: Fraction
    accepted: Fraction
    balance: Fraction
    stock: Fraction
    rejected: Fraction
    coming: Fraction
    ordered_stock: Fraction


def group_of(line: Row) -> Group:
    """The group of a purchase line or an issue."""
    return line["material"], line["color_key"], line["size_key"], line["dest_key"]


def bought(until: date = LAST) -> dict[tuple[str, str], Bought]:
    """Each purchase line with what came of it up to a day; every delivery is turned into stock units by itself."""
    came: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in table("receiving/demo/receipts.csv"):
        if date.fromisoformat(row["date"]) <= until:
            came[row["po"], row["po_line"]].append(row)
    found = {}
    for key, line in PO_LINES.items():
        item = MATERIALS[line["material"]]
        factor, step = Fraction(item["stock_per_purchase_uom"]), item["stock_step"]
        ordered = Fraction(line["qty_purchase_uom"])
        received = sum((Fraction(r["received_qty_purchase_uom"]) for r in came[key]), Fraction(0))
        bad = sum((Fraction(r["rejected_qty_purchase_uom"]) for r in came[key]), Fraction(0))
        good = [
            Fraction(r["received_qty_purchase_uom"]) - Fraction(r["rejected_qty_purchase_uom"])
            for r in came[key]
        ]
        balance = max(Fraction(0), ordered - received + bad)
        found[key] = Bought(
            ordered, received, received - bad, balance, sum((half_up(q * factor, step) for q in good), Fraction(0)),
            half_up(bad * factor, step), balance * factor, half_up(ordered * factor, step),
        )  # fmt: skip
    return found


def issued(until: date = LAST) -> dict[tuple[str, Group], Fraction]:
    """Issued less returned, by factory order and group."""
    found: dict[tuple[str, Group], Fraction] = defaultdict(Fraction)
    for row in table("factory_stock/demo/material_issues.csv"):
        if date.fromisoformat(row["date"]) <= until:
            found[row["factory_order"], group_of(row)] += Fraction(row["qty_stock_uom"]) * (
                1 if row["type"] == "issue" else -1
            )
    return found


def over(until: date = LAST) -> dict[Group, Fraction]:
    """What came beyond what is ordered: every line is claimed to the last by one factory order, that is nobody's."""
    found: dict[Group, Fraction] = defaultdict(Fraction)
    for key, line in bought(until).items():
        item, group = MATERIALS[PO_LINES[key]["material"]], group_of(PO_LINES[key])
        more = max(Fraction(0), line.accepted - line.ordered)
        found[group] += half_up(more * Fraction(item["stock_per_purchase_uom"]), item["stock_step"])
    return found


def returned(until: date = LAST) -> dict[tuple[str, Group], Fraction]:
    """What factories sent back: nobody's again, and no longer there for the factory order."""
    found: dict[tuple[str, Group], Fraction] = defaultdict(Fraction)
    for row in table("factory_stock/demo/material_issues.csv"):
        if row["type"] != "issue" and date.fromisoformat(row["date"]) <= until:
            found[row["factory_order"], group_of(row)] += Fraction(row["qty_stock_uom"])
    return found


def pieces(until: date = LAST) -> dict[tuple[str, str, str], int]:
    """Accepted finished goods less shipments in our store, by style, colour and size."""
    found: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in (*table("factory_stock/demo/goods_in.csv"), *table("shipping/demo/shipments.csv")):
        if date.fromisoformat(row["date"]) <= until and row["type"] in ("fg_in", "shipment"):
            good = int(row["qty"]) - int(row["rejected_qty"])
            found[row["style"], row["color"], row["size"]] += good if row["type"] == "fg_in" else -good
    return found


def standard(order: str, until: date = LAST) -> tuple[dict[Group, Fraction], dict[Group, Fraction]]:
    """Net consumption and standard use (with wastage) of the pieces accepted for a factory order; whole cartons."""
    net: dict[Group, Fraction] = defaultdict(Fraction)
    gross: dict[Group, Fraction] = defaultdict(Fraction)
    per_line: dict[tuple[str, str], int] = defaultdict(int)
    for row in table("factory_stock/demo/goods_in.csv"):
        if (
            row["type"] == "fg_in"
            and row["factory_order"] == order
            and date.fromisoformat(row["date"]) <= until
        ):
            good = int(row["qty"]) - int(row["rejected_qty"])
            per_line[row["fo_line"], row["destination"]] += good
            for group, bare, loss in use(row["style"], row["color"], row["size"], good):
                net[group] += bare
                gross[group] += loss
    styles = {line["line"]: line["style"] for line in FO_LINES if line["fo"] == order}
    for (line, destination), good in per_line.items():
        gross["CTN", "", "", destination] += math.ceil(good / PER_CARTON[styles[line]])
    return net, gross
