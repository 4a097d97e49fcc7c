# Every command of the project. `make demo` and `make test` set up what they need on a fresh machine.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Arguments for the demo, for example: make demo DEMO="--once --json --seed 7"
DEMO ?=
# Tests mostly wait: more of them at once than there are processors. Those that measure lines run by themselves.
WORKERS ?= 4
DEBIAN_ROOT ?= build/debian
# Whatever the environment says, bytecode is kept: tests start hundreds of processes, and each would compile everything.
export PYTHONDONTWRITEBYTECODE :=

BENCH ?=
MUTATION ?=
SOAK ?=
.PHONY: coverage deb-check bench-planner bench-pages bench-reports samples screenshots dashboards dashboards-types bench bench-accuracy bench-agent bench-store mutation packages verifier soak help install check lint format types contracts test demo lock system-packages clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

$(STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11) and "netmon needs Python 3.11 or newer")'
	@echo "netmon: installing the locked requirements into $(VENV)" >&2
	@# The lock names every package: without --no-deps, pip looks for the newest of an extra such as coverage[toml] and refuses it.
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

install: $(STAMP) ## make the virtual environment with everything in it

check: lint types contracts ## format, lint, types, import contracts, tests
	$(BIN)/pytest -n $(WORKERS) -m "not quiet"
	$(BIN)/pytest -m quiet

coverage: $(STAMP) ## the same tests with branch coverage, which takes a quarter longer
	$(BIN)/pytest -n $(WORKERS) -m "not quiet" --cov --cov-report=
	$(BIN)/pytest -m quiet --cov --cov-append --cov-report=term

lint: $(STAMP) ## ruff: format and lint, changing nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

format: $(STAMP) ## ruff: format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: $(STAMP) ## mypy, strict
	$(BIN)/mypy

contracts: $(STAMP) ## import-linter: which package may import which
	$(BIN)/lint-imports

test: system-packages check ## install what the tests need, then run every check and every test

bench: $(STAMP) bench-store ## judging: a line-month, a district's year beside the bare fetch of its rows, and the store
	$(BIN)/python -m benchmarks.judging

mutation: $(STAMP) ## 200 sampled mutants of the judge, the ones that no test notices listed: make mutation MUTATION="--count 50"
	$(BIN)/python -m benchmarks.mutation $(MUTATION)

samples: $(STAMP) ## every document that netmon makes, from a simulated district: make samples OUT=build/samples
	$(BIN)/python -m tests.support.sample_documents $(or $(OUT),build/samples)

screenshots: $(STAMP) ## docs/images/*.png of the simulated district (needs chromium)
	$(BIN)/python -m tests.support.screenshots

dashboards: $(STAMP) ## write grafana/dashboards anew from grafana/as_code
	$(BIN)/python -m grafana.as_code

dashboards-types: $(STAMP) ## check the dashboards by tsc against Grafana's own types (needs npm and its registry)
	$(BIN)/python -m grafana.as_code.typecheck

demo: $(STAMP) ## one district, measured for real on this machine
	@$(BIN)/netmon-collector demo $(DEMO)

bench-accuracy: $(STAMP) ## accuracy, traffic and CPU beside the peers, in namespaces: make bench-accuracy BENCH="--lines 100"
	$(BIN)/python -m benchmarks.accuracy $(BENCH)

bench-agent: $(STAMP) ## an agent's memory beside a bare interpreter, processor, flash, size: make bench-agent BENCH="--python /usr/bin/python3"
	$(BIN)/python -m benchmarks.agent $(BENCH)

bench-store: $(STAMP) ## the store beside bare inserts, on both engines: make bench-store BENCH="--part ingest"
	$(BIN)/python -m benchmarks.store $(BENCH)

bench-planner: $(STAMP) ## a simulated day of 1,000 lines at one server's gate: make bench-planner BENCH="--lines 2000"
	$(BIN)/python -m benchmarks.planner $(BENCH)

bench-pages: $(STAMP) ## every page beside the health check: make bench-pages BENCH="--organisations 1000"
	$(BIN)/python -m benchmarks.pages $(BENCH)

bench-reports: $(STAMP) ## a week in every format beside its summary, a thousand recipients beside one
	$(BIN)/python -m benchmarks.reports

soak: $(STAMP) ## simulated days of kills, full disks, set clocks and a collector in trouble: make soak SOAK="--days 7"
	$(BIN)/python -m tests.soak.run $(SOAK)

packages: $(STAMP) ## wheel, .deb, single file and offline bundle of the agent, into dist/
	agent/bundle/build dist $(BIN)/python

deb-check: $(STAMP) ## install and run the .deb in a bare Debian 12 made by debootstrap (as root; needs a mirror)
	@test -d $(DEBIAN_ROOT)/usr || debootstrap --variant=minbase --include=python3,python3-yaml,ca-certificates bookworm $(DEBIAN_ROOT) http://deb.debian.org/debian
	NETMON_DEBIAN_ROOT=$(abspath $(DEBIAN_ROOT)) $(BIN)/pytest -n0 tests/e2e/test_deb_in_debian.py

verifier: $(STAMP) ## the single file that checks evidence packs, into dist/: for who has no netmon
	collector/zipapp/build dist $(BIN)/python

lock: ## resolve the dependencies anew
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes --no-header \
		pyproject.toml -o requirements.lock

system-packages: ## install the Debian packages that the tests need (as root; else name what is missing)
	@.ci/install-system-packages

clean: ## remove the virtual environment and every cache
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage* htmlcov dist build
