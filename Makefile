# Two commands are all that a newcomer needs: `make demo` and `make test`. The rest is listed by `make help`.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
INSTALLED := $(VENV)/installed
PEERS := $(VENV)/peers
UV_VERSION := 0.13.9

.PHONY: help demo test up stop psql ingest reset install lint types check dictionary bench lock

help:  ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20

demo: $(INSTALLED)  ## run the real Dags over the sample site, and look at what came in
	@$(RUN) -m newswire.local demo

test: $(INSTALLED)  ## run the whole test suite
	@$(RUN) -m pytest -n auto --dist loadfile --no-loadscope-reorder

up: $(INSTALLED)  ## start Airflow on the same database; prints address, user and password
	@$(RUN) -m newswire.local up

stop: $(INSTALLED)  ## stop Airflow and PostgreSQL
	@$(RUN) -m newswire.local stop

psql: $(INSTALLED)  ## open PostgreSQL's shell, or run one statement: make psql SQL='select …'
	@SQL="$$SQL" $(RUN) -m newswire.local psql

ingest: $(INSTALLED)  ## fetch a source live: make ingest SOURCE=unn FROM=2026-02-20 TO=2026-02-21
	@$(RUN) -m newswire ingest $(SOURCE) $(if $(FROM),--from $(FROM)) $(if $(TO),--to $(TO)) $(if $(FEEDS),--feeds $(FEEDS)) $(if $(LIMIT),--limit $(LIMIT))

reset: $(INSTALLED)  ## stop everything and forget all local rows, pages and logs
	@$(RUN) -m newswire.local reset

install: $(INSTALLED)  ## make the virtual environment

lint: $(INSTALLED)  ## ruff
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .

types: $(INSTALLED)  ## mypy --strict
	@$(RUN) -m mypy

bench: $(INSTALLED) $(PEERS)/installed  ## our language detection, extraction and duplicates beside their peers; needs ../shared
	@for name in language duplicates; do PYTHONPATH=. $(RUN) -m tests.benchmarks.bench_$$name || exit 1; done
	@PYTHONPATH=plugins:. $(PEERS)/bin/python -W ignore -m tests.benchmarks.bench_extraction --pages 244

check: lint types test  ## all of it

dictionary: $(INSTALLED)  ## write sql/DICTIONARY.md anew from the comments of views, tables and columns
	@$(RUN) -m newswire dictionary

lock: $(INSTALLED)  ## make requirements.txt from requirements.in
	@$(VENV)/bin/uv pip compile requirements.in --universal --python-version 3.11 --no-annotate --no-header -q -o requirements.txt

# the peers of `make bench` are no requirement of ours; one that cannot be installed is named by the benchmark
$(PEERS)/installed: tests/benchmarks/requirements.txt $(INSTALLED)
	@echo "Installing the peers into $(PEERS) …"
	@test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	@$(VENV)/bin/uv pip install -q --system-certs --no-deps --python $(PEERS)/bin/python -r $< \
		|| grep -v '^#' $< | while read -r one; do $(PEERS)/bin/python -m pip install -q --no-deps "$$one" || echo "without $$one"; done
	@touch $@

# compiled at once: without .pyc files each start of Airflow costs four seconds instead of 1.6;
# pip needs a minute longer than uv, but gets through where uv does not
$(INSTALLED): requirements.txt
	@echo "Installing into $(VENV) (about half a minute) …"
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Newswire needs Python 3.11 or newer; name one: make PYTHON=python3.11 …")'
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	@$(RUN) -m pip install -q --disable-pip-version-check uv==$(UV_VERSION)
	@$(VENV)/bin/uv pip install -q --system-certs --python $(RUN) --compile-bytecode -r requirements.txt \
		|| $(RUN) -m pip install -q --disable-pip-version-check -r requirements.txt
	@$(RUN) -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "newswire.pth").write_text(str(pathlib.Path("plugins").resolve()) + "\n")'
	@touch $(INSTALLED)
