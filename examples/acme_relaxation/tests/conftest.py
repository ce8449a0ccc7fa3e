"""The hub's own test tools: this plugin and what it requires, a company with both on, builders of documents."""

pytest_plugins = ["core.testing.plugin"]
