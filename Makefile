# The front door. `make help` lists what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run-installed
DEV_STAMP := $(VENV)/.dev-installed

.PHONY: help run test fuzz lint bench build format clean
.DEFAULT_GOAL := help

help: ## List the commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(RUN_STAMP) ## Serve the portal on http://localhost:3000 (PORTAL_PORT changes it)
	@exec $(BIN)/python -m portal_app serve

build: $(RUN_STAMP) ## Build the front end if its sources changed
	@$(BIN)/python -m portal_app build

test: $(DEV_STAMP) ## Run the whole test suite, browser included
	@$(BIN)/python -m tests.support.browser
	@$(BIN)/python -m tests.support.nginx
	@$(BIN)/python -m portal_app build
ifdef PYTEST_ARGS
	$(BIN)/python -m pytest $(PYTEST_ARGS)
else
	$(BIN)/python -m pytest tests -n auto --dist worksteal
endif

CASES ?= 200000
FROM ?= $(shell date +%s)

fuzz: $(DEV_STAMP) ## Fire every handler with odd arguments (CASES, FROM: how many, which)
	@echo "CASES=$(CASES) FROM=$(FROM)"
	CASES=$(CASES) FROM=$(FROM) $(BIN)/python -m pytest \
		tests/state/core/test_fuzzed_arguments.py -q -n 0 -o timeout=0

lint: $(DEV_STAMP) ## Check style, types, and the walls of the house
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DEV_STAMP) ## Measure, and write bench/results/
	@$(BIN)/python -m tests.support.browser
	@$(BIN)/python -m portal_app build
	$(BIN)/python -m bench

format: $(DEV_STAMP) ## Put the code into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## Remove what was built and installed (not var/, your data)
	rm -rf $(VENV) .web .states

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("portal: Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): requirements.txt | $(VENV)/bin/python
	@echo "Installing (once) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEV_STAMP): requirements.txt requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing (once) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements-dev.txt
	@touch $(RUN_STAMP) $@
