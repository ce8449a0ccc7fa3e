"""The contract as a document: its kind, and what its file is called. What happens to it is in services.contracts."""

from __future__ import annotations

from typing import Any

from core.api import Ctx, Declare, DocumentKind, T, current_locale
from plugins.catalog.api import FACTORY_PRICES
from plugins.outsourcing.documents.contract_values import contract_context
from plugins.outsourcing.models import FactoryOrder

KIND = "outsourcing.contract"


def declare(registry: Declare) -> None:
    """Make the document known; called from the plugin's ``register``."""
    registry.document(
        DocumentKind(KIND, "outsourcing.order", T("Contract"), "outsourcing/contract.html", context,
                     lambda order: f"{order.number}-preview.pdf", right=FACTORY_PRICES, button=False)
    )  # fmt: skip


def context(ctx: Ctx, order: FactoryOrder) -> dict[str, Any]:
    """The template's values in the language the document is being made in."""
    return contract_context(ctx, order, current_locale())
