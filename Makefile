# Everything sets itself up: Python 3.11+, make and git are all that is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo demo-reset test test-all test-sqlite test-pg test-pghash test-thorough lint format bench screenshots clean

$(READY): pyproject.toml constraints.txt
	@test -x $(BIN)/python || { echo "Making the environment …"; $(PYTHON) -m venv $(VENV); }
	@echo "Installing …"
	@if command -v uv >/dev/null 2>&1; then \
	  VIRTUAL_ENV=$(VENV) uv pip install -q -e '.[dev]' -c constraints.txt; \
	else \
	  $(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev]' -c constraints.txt; \
	fi
	@touch $(READY)

demo: $(READY)  ## the demo tenant on http://127.0.0.1:8000 (PORT= for another)
	@$(BIN)/hub demo

demo-reset: $(READY)  ## start the demo over
	@$(BIN)/hub demo --reset

test: test-sqlite test-pghash  ## every test on SQLite, and on PostgreSQL with its tables split by tenant (the stricter one)

test-all: test test-pg test-thorough  ## on plain PostgreSQL too, and what takes minutes

test-sqlite: $(READY)
	@HUB_TEST_ENGINE=sqlite $(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not thorough"

test-pg: $(READY)  ## on plain PostgreSQL; PATHS="tests/core" for a part
	@HUB_TEST_ENGINE=pg $(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not thorough" $(PATHS)

test-pghash: $(READY)  ## PostgreSQL with every tenant table split by tenant; a statement that touches two parts fails
	@HUB_TEST_ENGINE=pghash $(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not thorough"

test-thorough: $(READY)  ## every page of the site for every role, with an accessibility check: minutes
	@HUB_TEST_ENGINE=sqlite $(BIN)/python -m pytest -q -n 2 --dist load -m thorough

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hub i18n check

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)  ## measure and write docs/performance.md
	$(BIN)/python -m bench

screenshots: $(READY)  ## the pictures of the docs, from a fresh demo tenant
	$(BIN)/python -m docs.screenshots

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
