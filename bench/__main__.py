"""``python -m bench [NAME …]``: run every benchmark, or those named, on both engines; write docs/performance.md."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.common import ENGINES, Result, pace

TITLES = {
    "lists": "Lists",
    "pages": "Pages of the demo tenant, and a large customer order",
    "factory_order": "Factory orders",
    "ledger": "The ledger, a million movements over ten thousand keys",
    "timeline": "Timelines",
    "hub_page": "The Hub page of a company some years old",
    "receiving": "Receiving through the real service",
    "fulfilment": "Goods of a traded order",
    "stock_views": "Pages of stock, a million movements over ten thousand keys",
    "engineering_changes": "Engineering changes",
    "plan": "Plans",
    "kits": "Kit analysis",
    "statistics": "Statistics over 100,000 order lines",
    "invoicing": "Invoices and what is owed",
    "gate": "The gate, 200 plugins and 1,000 companies",
    "sheets": "Sheets",
    "programs": "What programs call, through the demo tenant with 60 orders",
    "trading": "Trading: one order, many vendors",
    "structures": "Structures of products",
    "crowd": "Eight people at once",
}
TARGET = Path(__file__).parent.parent / "docs" / "performance.md"
HEAD = """# Measured speed

Written by `make bench`, which takes half an hour; `python -m bench NAME` measures one part again. Figures are medians of
repeated calls; CPU is that of the hub's own process, wall time includes the database, and the best call is the one that
others on the machine disturbed least. How fast the machine was is told by a loop of three million additions in Python, timed
before and after each part. Nothing here is asserted by a test.

On PostgreSQL the statistics of the tables are taken once after the first postings, as autovacuum does within a minute. Until
then the server plans for empty tables, and bulk posting is about three times as slow.
"""


def machine() -> str:
    """What this was measured on."""
    model = next(
        (line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.processor(),
    ) if Path("/proc/cpuinfo").exists() else platform.processor()  # fmt: skip
    return f"{os.cpu_count()} cores, {model}, {platform.system()}, Python {platform.python_version()}"


def _figure(ms: float) -> str:
    return f"{ms:.2f}" if ms < 10 else f"{ms:.1f}"


def part(name: str, results: list[Result], paces: Sequence[float]) -> str:
    """The part of one benchmark, with the machine it was measured on."""
    rows = "\n".join(
        f"| {r.what} | {'SQLite' if r.engine == 'sqlite' else 'PostgreSQL'} | {_figure(r.cpu_ms)} | {_figure(r.wall_ms)} "
        f"| {_figure(r.best_ms)} | {r.goal} |"
        for r in results
    )
    return (
        f"## {TITLES[name]}\n\nMachine: {machine()}; the loop took {paces[0]:.2f} to {paces[1]:.2f} s.\n\n"
        "| what | engine | CPU ms | wall ms | at best | to stay under |\n|---|---|---:|---:|---:|---|\n"
        f"{rows}\n"
    )


def write(name: str, results: list[Result], paces: Sequence[float]) -> None:
    """Replace the part that was measured; the others stay as they are."""
    text = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    parts = {each.split("\n", 1)[0]: f"## {each}" for each in re.split(r"^## ", text, flags=re.M)[1:]}
    parts[TITLES[name]] = part(name, results, paces)
    known = [parts[title].rstrip() + "\n" for title in TITLES.values() if title in parts]
    TARGET.write_text("\n".join([HEAD, *known]), encoding="utf-8")


def main() -> int:
    """Run, print as it goes, write each part when it is done."""
    asked = argparse.ArgumentParser(
        prog="python -m bench", description=f"Measures, and writes {TARGET.name}."
    )
    asked.add_argument(
        "part", nargs="*", help=f"a part to measure again ({', '.join(TITLES)}); all of them without any"
    )
    parts = asked.parse_args().part
    if unknown := [name for name in parts if name not in TITLES]:
        asked.error(f"no part is called {', '.join(unknown)}")
    for name in parts or TITLES:
        module, results, paces = importlib.import_module(f"bench.{name}"), list[Result](), [pace()]
        for engine in ENGINES:
            for result in module.run(engine):
                print(result, flush=True)
                results.append(result)
            paces.append(pace())
        write(name, results, sorted(paces)[:: len(paces) - 1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
