"""``python -m bench``: run every benchmark on both engines and write docs/performance.md."""

from __future__ import annotations

import importlib
import os
import platform
import sys
from pathlib import Path

from bench.common import ENGINES, Result

PAGES = ("lists", "pages", "factory_order", "ledger", "timeline", "hub_page")
TARGET = Path(__file__).parent.parent / "docs" / "performance.md"


def machine() -> str:
    """What this was measured on."""
    model = next(
        (line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.processor(),
    ) if Path("/proc/cpuinfo").exists() else platform.processor()  # fmt: skip
    return f"{os.cpu_count()} cores, {model}, {platform.system()}, Python {platform.python_version()}"


def main() -> int:
    """Run all, print as it goes, write the table."""
    results: list[Result] = []
    for name in sys.argv[1:] or PAGES:
        module = importlib.import_module(f"bench.{name}")
        for engine in ENGINES:
            for result in module.run(engine):
                print(
                    f"{result.what:60} {result.engine:7} {result.cpu_ms:8.1f} ms CPU {result.wall_ms:8.1f} ms wall"
                )
                results.append(result)
    if len(sys.argv) == 1:
        rows = "\n".join(
            f"| {r.what} | {'SQLite' if r.engine == 'sqlite' else 'PostgreSQL'} | {r.cpu_ms:.1f} | {r.wall_ms:.1f} | {r.goal} |"
            for r in results
        )
        TARGET.write_text(
            "# Measured speed\n\n"
            "Written by `make bench`. Each figure is the median of repeated calls; CPU is that of the hub's own process, wall "
            "time includes the database. Nothing here is asserted by a test.\n\n"
            f"Machine: {machine()}.\n\n"
            "| what | engine | CPU ms | wall ms | to stay under |\n|---|---|---:|---:|---|\n" + rows + "\n",
            encoding="utf-8",
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
