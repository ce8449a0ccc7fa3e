"""The life of a plugin, case by case: which test tries it. A case whose test is gone or renamed fails here."""

from __future__ import annotations

import importlib

import pytest

CASES = {
    "installed, not loaded": "core.test_enablement.test_what_is_installed_and_not_loaded_is_told_from_what_is_not_there",
    "loaded, no migrations run": "core.test_plugins.test_an_empty_database_is_said_to_lack_migrations",
    "tables without any migration": "core.test_later_versions.test_tables_that_no_migration_makes_are_found_by_the_check",
    "models ahead of migrations": "core.test_later_versions.test_models_ahead_of_migrations_are_found_by_the_check",
    "switched on while the hub runs": "core.test_enablement.test_a_switch_works_at_once_and_data_stays",
    "what it requires comes too": "core.test_enablement.test_what_is_required_is_switched_on_too",
    "off while others need it": "core.test_enablement.test_switching_off_is_refused_with_names_while_others_need_it",
    "off and on again, with what it requires, purged and again": "contract.test_lifecycle.test_the_life_of_a_plugin",
    "its distribution is gone, its name still loaded": "core.test_plugins.test_named_but_not_installed",
    "its distribution is gone, tenants had it on": (
        "core.test_enablement.test_a_plugin_that_is_not_installed_any_more_is_ignored_and_kept"
    ),
    "not loaded, its tables stay": "core.test_migrate.test_a_plugin_that_is_not_loaded_keeps_its_tables",
    "how each stands, and what is left of others": "core.test_purge.test_status_says_how_each_stands",
    "a required one taken back under it": "core.test_migrate.test_back_to_base_is_refused_while_another_needs_the_tables",
    "a new column that may not be empty": (
        "core.test_later_versions.test_a_column_that_may_not_be_empty_gets_the_models_default_in_rows_that_are_there"
    ),
    "a new column without a default": "core.test_later_versions.test_where_the_model_gives_none_it_is_said_what_to_do",
    "a revision over an older database": "core.test_later_versions.test_a_revision_wants_the_database_up_to_date",
    "a table made anew on SQLite": "core.test_later_versions.test_a_table_that_is_made_anew_goes_on_numbering",
    "a migration of others' tables": "core.test_later_versions.test_a_migration_that_changes_tables_of_others_is_refused",
    "a migration that fails": "core.test_migrate.test_a_migration_that_fails_is_named_and_nothing_is_changed",
    "new rights, series, lists": (
        "core.test_enablement.test_an_upgraded_plugin_gives_what_it_newly_declares_and_nothing_that_was_taken_away"
    ),
    "new `requires` that is off": "core.test_enablement.test_an_upgraded_plugin_that_requires_more_gets_it",
    "data that follows in steps": "core.test_upgrades.test_data_follows_in_steps_and_once",
    "upgraded while it was off": "core.test_upgrades.test_where_it_was_off_its_data_follows_when_it_comes_back",
    "data of a landed version": "contract.test_lifecycle.test_a_database_of_a_landed_version_with_rows_is_brought_up",
    "an older version over a newer database": (
        "core.test_migrate.test_a_database_of_a_newer_version_is_told_from_one_that_lacks_migrations"
    ),
    "purged for one company": "core.test_purge.test_of_one_company_and_the_other_keeps_everything",
    "purged, loaded or gone": "core.test_purge.test_of_all_while_it_is_loaded_and_once_its_code_is_gone",
    "purged, and again": "core.test_purge.test_when_it_comes_again_ids_of_the_trail_are_given_to_nobody",
    "purged while others need it": "core.test_purge.test_what_depends_on_it_is_named",
    "a backup restored without it": "core.test_backup.test_a_plugin_that_is_not_loaded_is_told",
    "a hub whose files nobody may write": (
        "core.test_later_versions.test_who_may_not_write_where_the_hub_is_installed_reads_the_catalogues_all_the_same"
    ),
    "files that a wheel leaves behind": "core.test_plugin_check.test_a_wheel_that_leaves_files_behind",
    "daily jobs where it is off": "core.test_daily.test_a_plugin_that_is_off_is_left_alone",
    "an event that fails": "core.test_hooks.test_a_plugin_that_fails_at_an_event_is_named_and_nothing_is_saved",
    "the start without a broken one": "core.test_leaving_out.test_a_hub_with_a_broken_plugin_says_how_to_start_and_does",
    "the start without any": "core.test_leaving_out.test_the_safe_mode_leaves_the_default_ones",
}


@pytest.mark.once
@pytest.mark.parametrize("case", CASES)
def test_each_case_is_tried(case: str) -> None:
    module, _, name = CASES[case].rpartition(".")
    assert callable(getattr(importlib.import_module(f"tests.{module}"), name, None)), CASES[case]
