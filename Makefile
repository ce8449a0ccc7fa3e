# Everything sets itself up: Python 3.11+, make and git are all that is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# compiled once, not in each of the many processes of a run
export PYTHONDONTWRITEBYTECODE :=

# parallel processes of the tests
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
PYTEST = $(BIN)/python -m pytest -q -n $(JOBS) --dist loadgroup

.PHONY: demo demo-reset test test-all test-changed test-sqlite test-second test-pg test-plain test-pghash test-crowd test-thorough test-release lint format bench screenshots clean

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

test: test-sqlite test-second  ## the daily run: every story on SQLite, and on split PostgreSQL the sample that shows every statement

test-changed: $(READY)  ## what the changes since main can reach (BASE= for another commit)
	@paths="$$($(BIN)/python -m tests.support.changed $(BASE))"; \
	  if [ -n "$$paths" ]; then HUB_TEST_ENGINE=sqlite $(PYTEST) -m "not thorough" $$paths; else echo "nothing that a test looks at"; fi

test-all: test-sqlite test-pghash test-pg test-thorough test-release  ## everything, on every engine

test-sqlite: $(READY)  ## PATHS="tests/core" for a part, here and below
	@HUB_TEST_ENGINE=sqlite $(PYTEST) -m "not thorough and not more" $(PATHS)

test-second: $(READY)  ## after test-sqlite, which notes who sends what
	@HUB_TEST_ENGINE=pghash HUB_TEST_SAMPLE=1 $(PYTEST) -m "not thorough and not more" $(PATHS)

test-pg: $(READY)  ## on plain PostgreSQL
	@HUB_TEST_ENGINE=pg $(PYTEST) -m "not thorough" $(PATHS)

test-plain: $(READY)  ## the sample on plain PostgreSQL, after test-sqlite
	@HUB_TEST_ENGINE=pg HUB_TEST_SAMPLE=1 $(PYTEST) -m "not thorough and not more" $(PATHS)

test-pghash: $(READY)  ## PostgreSQL with every tenant table split by tenant; a statement that touches two parts fails
	@HUB_TEST_ENGINE=pghash $(PYTEST) -m "not thorough or crowd" $(PATHS)

test-crowd: $(READY)  ## many processes at once on split PostgreSQL
	@HUB_TEST_ENGINE=pghash $(PYTEST) -m crowd $(PATHS)

test-thorough: $(READY)  ## what takes minutes: every page for every role, tenant walls over every address, crowds, rules at length
	@HUB_TEST_ENGINE=sqlite HUB_TEST_THOROUGH=1 $(PYTEST) -m "(thorough or more or hypothesis) and not release" $(PATHS)

test-release: $(READY)  ## the other parts of walks that take minutes each
	@HUB_TEST_ENGINE=sqlite HUB_TEST_THOROUGH=1 $(PYTEST) -m release $(PATHS)

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
