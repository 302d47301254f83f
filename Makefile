# Everything goes through here; `make help` lists it. CI runs `make test`.
# Tools are called as modules of the environment's Python, so that a moved or renamed checkout still works.

VENV := .venv
PY := $(VENV)/bin/python
BABEL := $(PY) -m babel.messages.frontend
CHINESE := translations/zh_Hans/LC_MESSAGES/messages.po
CATALOGUES := $(wildcard translations/*/LC_MESSAGES/*.po)
COMPILED := $(CATALOGUES:.po=.mo)
SOURCES := forum moderation search_index wsgi.py
# Python keeps what it has compiled, but not where PYTHONDONTWRITEBYTECODE is set or the folder belongs to somebody
# else: then every start of every process would compile 650 files anew, which takes longer than the start itself.
BYTECODE := $(VENV)/.bytecode
# One process for each core and one more, for many tests wait for another process; more than four only wait for the disk.
PYTEST := $(PY) -m pytest
PARALLEL := -n $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1))) --maxprocesses 4 --dist worksteal

# An environment whose Python has gone is made again.
$(shell test -x $(PY) || rm -f $(VENV)/.run $(VENV)/.dev)

.DEFAULT_GOAL := help
.PHONY: help run prepare observability test lint unit journeys machine bench bench-quick faults bench-grow lock translations clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

run: prepare  ## the forum on http://127.0.0.1:8000 (PORT=8001 make run for another port)
	@exec $(PY) -m forum.serve

prepare: $(VENV)/.run $(COMPILED) $(BYTECODE)  ## what the forum needs to run, without running it

observability: $(VENV)/.run  ## the libraries that SENTRY_DSN and OTEL_EXPORTER_OTLP_ENDPOINT need
	@scripts/bootstrap.sh requirements-observability.lock

test: $(VENV)/.dev $(COMPILED) $(BYTECODE) lint machine  ## everything that proves the forum
	@$(PYTEST) $(PARALLEL)

lint: $(VENV)/.dev  ## style and types
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy $(SOURCES)

unit: $(VENV)/.dev $(COMPILED) $(BYTECODE)  ## the tests that need no browser
	@$(PYTEST) $(PARALLEL) -m "not browser"

journeys: $(VENV)/.dev $(COMPILED) $(BYTECODE) machine  ## the tests in a real browser
	@$(PYTEST) -m browser

machine: $(VENV)/.dev
	@scripts/test-machine.sh

bench: $(VENV)/.dev $(COMPILED) $(BYTECODE)  ## the yardstick: how fast it is, as ratios to bare Flask (ten minutes, the first time thirteen; needs wrk)
	@$(PY) -m bench.speed

bench-quick: $(VENV)/.dev $(COMPILED) $(BYTECODE)  ## the same with one short round (two minutes)
	@$(PY) -m bench.speed --quick

faults: $(VENV)/.dev $(COMPILED) $(BYTECODE)  ## kills, full disks, lost databases and clocks, played on whole forums; writes docs/faults.md (nine minutes)
	@$(PY) -m bench.faults --docs docs/faults.md

bench-grow: $(VENV)/.dev $(COMPILED) $(BYTECODE)  ## forums of 10,000 to 10,000,000 posts, filled and measured (hours, 20 GB)
	@$(PY) -m bench.grow

lock:  ## requirements*.lock anew from pyproject.toml, every version as new as allowed
	@scripts/lock.sh

translations: $(VENV)/.dev  ## new and changed words into translations/; says how many are still to be done
	@$(BABEL) --quiet extract --mapping translations/babel.cfg --no-location --sort-output --no-wrap \
		--keyword _l --project Gathering --output $(VENV)/messages.pot .
	@test -f $(CHINESE) || \
		$(BABEL) --quiet init --input-file $(VENV)/messages.pot --output-file $(CHINESE) --locale zh_Hans --no-wrap
	@$(BABEL) --quiet update --input-file $(VENV)/messages.pot --output-dir translations --no-wrap \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@$(BABEL) compile --directory translations --statistics

clean:  ## remove the environment and everything made by tools (never instance/, which holds the data)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis $(COMPILED)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.run: requirements.lock scripts/bootstrap.sh
	@scripts/bootstrap.sh requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock scripts/bootstrap.sh
	@scripts/bootstrap.sh requirements-dev.lock
	@touch $@ $(VENV)/.run

$(BYTECODE): $(shell find $(SOURCES) -name '*.py') | $(VENV)/.run
	@$(PY) -m compileall -q $(SOURCES)
	@touch $@

%.mo: %.po | $(VENV)/.run
	@$(BABEL) --quiet compile --input-file $< --output-file $@
