"""``python -m core.cli`` is the ``hub`` command."""

from core.cli.main import run

raise SystemExit(run())
