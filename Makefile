# Two commands, each from a fresh checkout: `make site` builds the report of sample_runs, `make test` runs all tests.
# Both first make what they need (.venv, and for the tests Chromium and Firefox ESR); see .ci/prepare.py.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: site test lint samples clean

site:
	$(PYTHON) .ci/prepare.py
	$(BIN)/reportgen build sample_runs -o site
	@echo "Open site/index.html in a browser."

test:
	$(PYTHON) .ci/prepare.py --test
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint:
	$(PYTHON) .ci/prepare.py --test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Trains the sample runs again; they are committed, so only a change of make.py calls for it.
samples:
	$(PYTHON) .ci/prepare.py --test
	$(BIN)/python sample_runs/make.py

clean:
	rm -rf site report.html dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
