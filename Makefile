# Every target sets up what it needs: a virtual environment and the cdk command line, both
# pinned, neither global. `make demo` and `make test` work as the first command on a machine
# with Python 3.11, Node 20 and make.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
# jsii prints eleven lines about Node 20 at each import unless it is told the major version
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20

.PHONY: help setup test check demo bench reliability lock format clean
.DEFAULT_GOAL := help

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.ready node_modules/.ready ## install everything, locally

$(VENV)/.ready: requirements.txt constraints.txt pyproject.toml
	@echo "setting up Python packages in $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; name one with PYTHON=..." >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

node_modules/.ready: package.json package-lock.json
	@echo "setting up the cdk command line in node_modules"
	@npm ci --no-fund --no-audit --silent
	@touch $@

test: setup ## all tests: no network, no account, no Docker
	@$(BIN)/python -m pytest -n 2 --dist worksteal

check: setup ## lint, format, types, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup ## put the code in its form
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

demo: setup ## the main job on the embedded AWS: deploy the example client
	@$(BIN)/python scripts/demo.py

bench: setup ## measure start-up and synthesis
	@$(BIN)/python scripts/bench.py

reliability: setup ## the long runs that are not in CI: ten minutes of fuzzing
	@$(BIN)/python scripts/fuzz.py 600

lock: setup ## write constraints.txt anew from what is installed
	@$(BIN)/python -m pip freeze --exclude-editable | grep -v '^tierctl' > constraints.txt

clean: ## remove what the other targets made
	rm -rf $(VENV) node_modules cdk.out .pytest_cache .mypy_cache .ruff_cache .hypothesis .sandbox
