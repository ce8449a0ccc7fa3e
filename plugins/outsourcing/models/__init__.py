"""委外: tables named ``outsourcing_*``. Import models from here."""

from plugins.outsourcing.models.orders import (
    Contract,
    FactoryOrder,
    FactoryOrderLine,
    FactoryOrderPrice,
    FactoryOrderSize,
    Revision,
)
from plugins.outsourcing.models.payments import Adjustment, Payment, PaymentSplit

__all__ = [
    "Adjustment",
    "Contract",
    "FactoryOrder",
    "FactoryOrderLine",
    "FactoryOrderPrice",
    "FactoryOrderSize",
    "Payment",
    "PaymentSplit",
    "Revision",
]
