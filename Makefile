# `make demo` to look, `make test` to check.  Everything is installed into .venv in this directory.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: demo test test-postgresql test-quick lint types contracts check format screenshots bench-absence bench-ingest bench-news bench-poll bench-postgresql bench-scale bench-start bench-tui bench-understanding \
  bench-upgrade keys share layers faults digest-examples soak team torture clean

demo: $(VENV)/installed
	@$(BIN)/patchwatch demo $(ARGS)

# Twice the processors: tests of the TUI and of servers wait for much of their time.
WORKERS ?= $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))

# Without bytecode, each worker compiles all tests, and each command that a test starts compiles patchwatch.
test: $(VENV)/installed-dev
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)

# The tests that open a database, on a PostgreSQL server: the others would do the same again.
ON_SERVER := $(addprefix tests/,cli daemon db faults hostile notify sync tracker $(addprefix tui/,test_live.py \
  test_real_database.py test_server_database.py))
test-postgresql: $(VENV)/installed-dev
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest --database postgresql --numprocesses $(WORKERS) --dist worksteal $(ON_SERVER) $(ARGS)

# Units only: no servers, no terminals, no screens, no hundreds of processes.  Under half a minute.
QUICK := $(wildcard tests/test_*.py) $(addprefix tests/,mail series sources compose notify/digest tracker tui/render tui/widgets)
test-quick: $(VENV)/installed-dev
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest --numprocesses 2 --dist worksteal -m 'not lore and not corpus and not terminal and not git' $(QUICK) $(ARGS)

check: lint types contracts test

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed-dev
	$(BIN)/mypy

contracts: $(VENV)/installed-dev
	$(BIN)/lint-imports

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

screenshots: $(VENV)/installed-dev
	$(BIN)/python docs/screenshots.py

# Speed beside public-inbox-index on the same archive in the same run; see bench/README.md.
bench-ingest: $(VENV)/installed
	$(BIN)/python bench/ingest.py $(ARGS)

# Version links, states and turns, compared with what authors stated and a reader wrote down; ARGS: archives of lists.
bench-understanding: $(VENV)/installed
	$(BIN)/python bench/understanding.py $(ARGS)

# First paint, keys and memory with 10,000 series and 100,000 mails; the first run generates them.
bench-tui: $(VENV)/installed
	$(BIN)/python bench/tui.py $(ARGS)

# `patchwatch run` for 20 minutes against a private lore where mail arrives at random.
soak: $(VENV)/installed
	$(BIN)/python bench/soak.py $(ARGS)

# Three `patchwatch run` on one PostgreSQL database for 20 minutes; one is killed each minute.
team: $(VENV)/installed-dev
	$(BIN)/python bench/team.py $(ARGS)

# Kills, mutated mails, growing text and faults of servers for an hour; ARGS='--minutes 5 --seed 7'.
torture: $(VENV)/installed-dev
	$(BIN)/python bench/torture.py $(ARGS)

# Update the list of keys in config.example.toml after a binding was added, removed or renamed.
keys: $(VENV)/installed
	$(BIN)/python docs/keys.py

# Write the man pages and completion scripts into share/, after a help changed.
share: $(VENV)/installed
	$(BIN)/python docs/share.py

# Draw the layers of docs/architecture.md from the import contracts, after .importlinter changed.
layers: $(VENV)/installed
	$(BIN)/python docs/layers.py

# Update the table of faults in docs/security.md, after the faults that the tests inject changed.
faults: $(VENV)/installed-dev
	$(BIN)/python docs/faults.py

# Write the examples of docs/digest.md; the one of a whole list needs its archive: ARGS="linux-iio=PATH".
digest-examples: $(VENV)/installed
	$(BIN)/python docs/digests.py $(ARGS)

# CPU time of a poll without news, with more and more watched series.
bench-poll: $(VENV)/installed
	$(BIN)/python bench/poll.py $(ARGS)

# Requests and CPU time of a poll that brings ten mails, from a private public-inbox.
bench-news: $(VENV)/installed-dev
	$(BIN)/python bench/news.py $(ARGS)

bench-scale: $(VENV)/installed
	$(BIN)/python bench/scale.py $(ARGS)

bench-start: $(VENV)/installed
	$(BIN)/python bench/start.py $(ARGS)

# A list that had 20,000 mails while patchwatch was away: `poll` catches up, killed in the middle.
bench-absence: $(VENV)/installed
	$(BIN)/python bench/absence.py $(ARGS)

# Storing mail on a PostgreSQL server, beside an SQLite file.
bench-postgresql: $(VENV)/installed-dev
	$(BIN)/python bench/postgresql.py $(ARGS)

# How long an upgrade locks the database that ARGS names.
bench-upgrade: $(VENV)/installed
	$(BIN)/python bench/upgrade.py $(ARGS)

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "patchwatch needs Python 3.11 or newer; $(PYTHON) is older. Name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing. On Debian: sudo apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The versions that were tested together; `pip install .` takes any that pyproject.toml allows.
$(VENV)/installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@
