"""What commands of plugins import (their room ``commands``): the hub, units of work, printing, serving.

A plugin adds its commands to ``hub`` in the hook ``register_commands``. What is here is kept; the rest of core.cli may change.
"""

from __future__ import annotations

from core.cli.common import as_json, carry_out, context, for_tenant, open_hub, put, table
from core.cli.serving import is_loopback, run
from core.kernel.config import Config, load_config
from core.kernel.hub import Hub

__all__ = [
    "Config",
    "Hub",
    "as_json",
    "carry_out",
    "context",
    "for_tenant",
    "is_loopback",
    "load_config",
    "open_hub",
    "put",
    "run",
    "table",
]
