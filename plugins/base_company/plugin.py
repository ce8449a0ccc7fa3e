"""Wiring of company and settings: manifest and hook implementations, nothing else."""

from __future__ import annotations

from core.api import Declare, Manifest, T, hookimpl
from plugins.base_company import entities
from plugins.base_company.services import company

manifest = Manifest(
    name="base_company",
    title=T("Company and settings"),
    version="0.1.0",
    summary=T(
        "The company on its documents, settings of plugins, features, currencies and rates, number series, lists."
    ),
    category="platform",
    base=True,
    requires=("base_files",),
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare the heading of the administration, its right, and what the administrator keeps."""
    registry.menu_group("admin", T("Administration"), 200)
    registry.permission(company.RIGHT, T("Change company and settings"))
    entities.declare(registry)


@hookimpl
def register_screens(registry: Declare) -> None:
    """Company and settings, and the switches of the features."""
    from plugins.base_company.screens.company import CompanyPage
    from plugins.base_company.screens.features import FeaturesPage

    registry.view(CompanyPage(name="Company", endpoint="admin_company", url="/admin/company"))
    registry.view(FeaturesPage(name="Features", endpoint="admin_plugins", url="/admin/plugins"))
