# Two commands on a fresh machine (Python 3.10 to 3.13, git): `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: demo test lint docs clean

demo: $(VENV)/.installed
	$(BIN)/python scripts/demo.py

test: lint
	$(BIN)/python -m pytest -n 2

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.installed
	$(BIN)/python scripts/rule_docs.py
	$(BIN)/python scripts/silent_losses.py
	$(BIN)/python scripts/checkpoint_guide.py

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,test-tensorflow]'
	touch $@

clean:
	rm -rf $(VENV)
