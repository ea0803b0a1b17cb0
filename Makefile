# Everything a developer or a newcomer runs. `make` alone prints this help.

PYTHON ?= python3
BIN := .venv/bin
JOBS ?= auto
SCALE ?= small
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-long check bench fixtures docs clean

help: ## print this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 18

setup: .venv/.ready ## make .venv and install the package with everything its tests need

.venv/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..."; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "The module venv is missing. On Debian: apt install python3-venv"; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: setup ## label, mark and verify every kind of content; look at the pictures in demo-output
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tools.demo demo-output

test: setup ## run all tests but the long ones
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -n $(JOBS) -m "not long" $(ARGS)

test-long: setup ## run the long tests: kills, fuzzing, many files
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -n $(JOBS) -m long $(ARGS)

check: setup ## what CI asks before the tests: format, lint, types, layers, generated pages, our own fixtures
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.pages --check
	$(BIN)/python -m tools.own_fixtures

bench: setup ## measure ratios to cp, exiftool, Pillow ... in one run (SCALE=small|full)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m bench --scale $(SCALE) $(ARGS)

fixtures: setup ## rebuild fixtures/
	$(BIN)/python -m fixtures.build $(ARGS)

docs: setup ## rebuild the generated pages of docs/, then the site: open site/index.html
	$(BIN)/python -m tools.pages
	$(BIN)/python -m tools.site

clean: ## remove what the other targets made, the environment included
	rm -rf .venv demo-output bench-output site .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
