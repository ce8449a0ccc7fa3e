"""Wiring of company and settings: manifest and hook implementations, nothing else."""

from __future__ import annotations

from core.api import Declare, JobKind, Manifest, T, hookimpl
from plugins.base_company import entities
from plugins.base_company.services import companies, company
from plugins.base_company.shown import first_steps  # noqa: F401 - a hook

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
    registry.job(JobKind(companies.EXPORT, companies.run_export, T("Export a company")))
    registry.job(JobKind(companies.DELETE, companies.run_delete, T("Export and delete a company")))
    registry.job(JobKind(companies.RESTORE, companies.run_restore, T("Restore a company")))


@hookimpl
def register_screens(registry: Declare) -> None:
    """Company and settings, and the switches of the features."""
    from plugins.base_company.screens.companies import CompaniesPage
    from plugins.base_company.screens.company import CompanyPage
    from plugins.base_company.screens.features import FeaturesPage
    from plugins.base_company.screens.setup import SetupPage

    registry.view(CompanyPage(name="Company", endpoint="admin_company", url="/admin/company"))
    registry.view(CompaniesPage(name="Companies", endpoint="admin_companies", url="/admin/companies"))
    registry.view(FeaturesPage(name="Features", endpoint="admin_plugins", url="/admin/plugins"))
    registry.view(SetupPage(name="Setup", endpoint="admin_setup", url="/admin/setup"))
