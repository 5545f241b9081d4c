# Everything that is typed here: `make help`. Only Python 3.11 or newer (with venv), git and make are needed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TESTS ?=
# A long suite's SAMPLE=8 SEED=42: so many of its tests, chosen by the seed.
SAMPLED = $(if $(SAMPLE),--sample $(SAMPLE) --seed $(or $(SEED),0))
COMPILE := --quiet --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-header

# Nothing reports home; and what was compiled once isn't compiled at every start.
export DO_NOT_TRACK := 1
export DAGSTER_DISABLE_TELEMETRY := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export GX_ANALYTICS_ENABLED := false
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: pull soak help licences audit test-servers run test test-oracle test-faults bench bench-ingest bench-demo test-browser dev validate demo explain env lint clean lock

help: ## list what can be typed here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run ## everything, from the extracts to the attainment table; of a demo company when nothing is set
	@$(BIN)/python -m dagster_project run

dev: $(VENV)/.run ## the Dagster UI on this machine's loopback
	@$(BIN)/python -m dagster_project dev

validate: $(VENV)/.run ## check the contract and sources.yml, and nothing else
	@$(BIN)/python -m dagster_project validate

.PHONY: metrics docs export questions
metrics: $(VENV)/.dev ## metrics of what is published: QUERY="--metrics mqls_delivered,mql_to_sql_rate --group-by metric_time__month"
	@$(BIN)/python -m dagster_project metrics $${QUERY:+--query="$$QUERY"}

docs: $(VENV)/.run ## dbt's documentation of every model, column and metric, as one page that opens offline
	@$(BIN)/python -m dagster_project docs

export: $(VENV)/.run ## what is published, as CSV files and a workbook for spreadsheets and BI tools
	@$(BIN)/python -m dagster_project export

questions: $(VENV)/.dev ## make the results in docs/questions.md anew, from the demo company
	$(BIN)/python -m tests.worked_questions

explain: $(VENV)/.run ## where a figure comes from: PERIOD=2026-09 COMMITMENT=first-response [OBLIGATION=1] [PERSON=…]
	@$(BIN)/python -m dagster_project explain --period "$(PERIOD)" --commitment "$(COMMITMENT)" \
		$(if $(OBLIGATION),--obligation "$(OBLIGATION)") $(if $(PERSON),--person "$(PERSON)")

pull: $(VENV)/.run ## what changed at HubSpot and Salesforce, into the landing folder (the extra `pull`, and SLA_PULL_* in the environment)
	@$(BIN)/python -m dagster_project pull

.PHONY: simulate threshold
simulate: $(VENV)/.run ## what a draft contract would have meant: CONTRACT=contracts/2026-11-draft.yml [FROM=2026-05]
	@$(BIN)/python -m dagster_project simulate --contract "$(CONTRACT)" $(if $(FROM),--since "$(FROM)")

threshold: $(VENV)/.run ## what another MQL threshold would have meant: [VERSION=2] [CANDIDATES=55,62.5]
	@$(BIN)/python -m dagster_project threshold $(if $(VERSION),--version "$(VERSION)") \
		$(if $(CANDIDATES),--candidates "$(CANDIDATES)")

demo: $(VENV)/.run ## simulate the demo company's extracts into SLA_HOME (FAMILY=hubspot LOADER=fivetran for another shape)
	@$(BIN)/python -m dagster_project demo $(if $(FAMILY),--family $(FAMILY)) $(if $(LOADER),--loader $(LOADER))

test-oracle: $(VENV)/.dev ## two hundred generated histories, each against the independent reading of the definitions
	GENERATED_HISTORIES=200 $(BIN)/python -m pytest -n auto tests/properties/test_generated_histories.py

test-faults: $(VENV)/.dev ## ingestion and whole runs: killed fifty times, a full disk, no memory, damaged files, two at once (an hour; SAMPLE=2 for a part)
	FAULT_KILLS=50 FUZZ_EXAMPLES=500 $(BIN)/python -m pytest $(SAMPLED) $(or $(TESTS),tests/faults tests/integration/ingestion/test_fuzz.py)

.PHONY: test-spark env-spark
test-spark: $(VENV)/.dev $(VENV)/.spark ## the demo, a real process and twenty generated histories on Spark and on DuckDB (Debian: default-jre-headless; SPARK_HISTORIES=2 SPARK_SEED=7)
	$(BIN)/python -m pytest $(SAMPLED) $(or $(TESTS),tests/spark)

bench: $(VENV)/.dev ## the CPU and memory of a refresh beside the bare engine, one scan and pandas (SCALE=1 is a million people; REPEATS=1)
	$(BIN)/python -m bench.refresh --scale $(or $(SCALE),0.01) $(if $(REPEATS),--repeats $(REPEATS))

.PHONY: test-incremental
test-incremental: $(VENV)/.dev ## a hundred days of generated histories, each built on the day before and from nothing, compared row for row
	INCREMENTAL_DAYS=$${INCREMENTAL_DAYS:-100} $(BIN)/python -m pytest tests/properties/test_incremental_builds.py

bench-ingest: $(VENV)/.dev ## the CPU and memory of ingesting CSV, beside DuckDB's own reading of it
	$(BIN)/python -m bench.ingestion

bench-demo: $(VENV)/.dev ## the CPU of the demo's first run and the next one, and what starting the tools takes of it
	$(BIN)/python -m bench.demo

test-browser: $(VENV)/.dev ## the review page and the Dagster UI in a real Chromium (Debian: chromium), screenshots in var/test-artefacts
	$(BIN)/python -m pytest $(SAMPLED) $(or $(TESTS),tests/browser)

test-servers: $(VENV)/.dev ## schedule, sensor and daemon on a real PostgreSQL, and the deployment's layout (Debian: postgresql, nginx-light)
	$(BIN)/python -m pytest $(or $(TESTS),tests/servers --ignore tests/servers/test_soak.py)

soak: $(VENV)/.dev ## a hundred and twenty days under the daemon with accidents; figures into bench/results (SOAK_DAYS=10 for fewer)
	SOAK_DAYS=$${SOAK_DAYS:-120} SOAK_RESULTS=$${SOAK_RESULTS-bench/results/soak.json} \
		$(BIN)/python -m pytest tests/servers/test_soak.py

# In the order of the folders: whole runs first and what is quick last, so that the processes end together.
test: lint ## lint, types and every test that needs no server (TESTS=tests/unit for a part)
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --durations 15 --ignore tests/browser --ignore tests/servers --ignore tests/spark \
		--ignore tests/faults/whole $(TESTS)

lint: $(VENV)/.dev ## lint and types, of Python, dbt and SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/dbt --quiet --warn-error parse --project-dir dbt --profiles-dir dbt
	$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar dbt/models
	$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar --templater placeholder dagster_project
	@$(BIN)/pip-licenses > /dev/null

licences: $(VENV)/.dev ## the licence of every package; fails at one that isn't known to be free to use
	$(BIN)/pip-licenses

audit: $(VENV)/.dev ## ask the public advisories about the pinned packages (needs a network)
	$(PYTHON) -m venv $(VENV)-audit
	$(VENV)-audit/bin/python -m pip install --quiet pip-audit==2.10.1
	$(VENV)-audit/bin/pip-audit --require-hashes --disable-pip --requirement requirements-dev.lock

env-spark: $(VENV)/.run $(VENV)/.spark ## what SLA_ENGINE=spark needs, beside the environment (Debian: default-jre-headless)

env: $(VENV)/.run $(VENV)/.dev ## make the environment from the lock files

lock: ## pin every package anew (needs uv; the only command that looks for newer versions)
	uv pip compile $(COMPILE) --upgrade --extra metrics --extra production --extra pull --group dev pyproject.toml \
		--output-file requirements-dev.lock
	uv pip compile $(COMPILE) --constraint requirements-dev.lock pyproject.toml --output-file requirements.lock
	uv pip compile $(COMPILE) --constraint requirements-dev.lock --extra production pyproject.toml \
		--output-file requirements-production.lock
	uv pip compile $(COMPILE) --constraint requirements-dev.lock --extra spark pyproject.toml \
		--output-file requirements-spark.lock

.PHONY: sandbox forget
sandbox: $(VENV)/.run ## what a changed model or rule does to the attainment, beside what is published: [CONTRACTS=folder] [DBT=folder]
	@$(BIN)/python -m dagster_project sandbox \
		$(if $(CONTRACTS),--contracts "$(CONTRACTS)") $(if $(DBT),--dbt "$(DBT)")

forget: $(VENV)/.run ## take a person out of everything that is kept: PERSON=<person_id, an id or an e-mail>
	@$(BIN)/python -m dagster_project forget --person "$(PERSON)"

clean: ## remove what tools keep here; SLA_HOME and its history stay
	rm -rf $(VENV) $(VENV)-audit dbt/target dbt/logs logs .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed, and $(PYTHON) isn't: name another, as in make PYTHON=python3.12 run"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock | $(BIN)/python
	@echo "Installing the environment; this is done once, and takes a few minutes."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r $<
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(BIN)/python
	@echo "Installing the environment with its test tools; this is done once, and takes a few minutes."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r $<
	@touch $@

$(VENV)/.spark: requirements-spark.lock | $(BIN)/python
	@echo "Installing Spark, half a gigabyte; this is done once, and takes a few minutes."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r $<
	@touch $@
