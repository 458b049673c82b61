# Each target makes what it needs. PYTHON is any Python from 3.11 on.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.made

.PHONY: demo test slow lint types check bench peers faults load clean

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $@

demo: $(STAMP)
	$(BIN)/python sample_timelines/demo.py

test: $(STAMP)
	$(BIN)/python -m pytest -n 2 -m "not slow"

# Many of these wait for services on loopback: more at a time than there are cores.
slow: $(STAMP)
	$(BIN)/python -m pytest -n 4 -m slow

# Parts of the slow tests that can be run alone.
peers: $(STAMP)
	$(BIN)/python -m pytest -m "slow or not slow" tests/peers

faults: $(STAMP)
	$(BIN)/python -m pytest -n 2 -m "slow or not slow" tests/services/test_at_most_once.py tests/services/test_secrecy.py

load: $(STAMP)
	$(BIN)/python -m pytest -s -m "slow or not slow" tests/services/test_load.py

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy
	$(BIN)/mypy --config-file= --check-untyped-defs resolve_plugin/retake_in_resolve

check: lint types slow

bench: $(STAMP)
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) demo build dist sample_timelines/media
