"""What engineering keeps, all tables named ``engineering_*``. Import models from here."""

from plugins.engineering.models.boms import (
    EngineeringBom,
    EngineeringBomLine,
    EngineeringBomSize,
    EngineeringOperation,
    MaterialSource,
)
from plugins.engineering.models.changes import ChangeLine, ChangeVersion, EngineeringChange
from plugins.engineering.models.substitutes import (
    ConfirmedSubstitute,
    Substitute,
    SubstituteCustomer,
    SubstituteStyle,
)

__all__ = [
    "ChangeLine",
    "ChangeVersion",
    "ConfirmedSubstitute",
    "EngineeringBom",
    "EngineeringBomLine",
    "EngineeringBomSize",
    "EngineeringChange",
    "EngineeringOperation",
    "MaterialSource",
    "Substitute",
    "SubstituteCustomer",
    "SubstituteStyle",
]
