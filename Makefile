# CinéCote's verbs; `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .venvs/tools/bin/uv
COMPONENTS := libs/cinecote jobs/collect services/api services/web services/mlflow jobs/train
LOCK := requirements.lock
IMAGES := $(filter-out libs/%,$(COMPONENTS))
# The chart's appVersion: what it takes for its images' tag.
VERSION ?= $(shell sed -n 's/^appVersion: //p' helm/cinecote/Chart.yaml)
NAMESPACE ?= cinecote
RELEASE ?= cinecote
# One more than there are cores: of the tests many wait for an answer or a second's end, while others can be at work.
AT_ONCE ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
# All but train's, which take longest by far, stand back: else those would be at work alone at the end, on one core.
STAND_BACK := nice -n 5
# The tests whose number of examples is CINECOTE_FUZZ_EXAMPLES.
FUZZED := contract hostile_bodies tables open_inference_refusals pages
PROJECTS := pyproject.toml $(COMPONENTS:=/pyproject.toml)
NAMES := $(notdir $(COMPONENTS))
folder = $(filter %/$(1),$(COMPONENTS))
# A comma within a call would part its arguments.
WHOLE_LIBRARY := 'libs/cinecote[database,metrics]'
PEERS := $(patsubst %/requirements.in,%,$(wildcard benchmarks/serving/*/requirements.in jobs/train/tests/*/requirements.in))
SOURCES := $(COMPONENTS) laptop benchmarks helm tests

export UV_PYTHON_DOWNLOADS := never
export UV_LINK_MODE ?= hardlink
unexport VIRTUAL_ENV

# What runs make itself is no part of this make.
ALONE := env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS

# $(call attempt,COMMAND,MESSAGE): COMMAND's output goes to a file; where it fails, the MESSAGE and that file are named.
attempt = mkdir -p var; $(1) >>var/install.log 2>&1 || { echo "error: $(2); all of it is in var/install.log" >&2; exit 1; }

.PHONY: help
help: ## list the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

.PHONY: demo
demo: install ## the whole story on this machine: collect, train, serve; Ctrl-C ends it
	@exec .venv/bin/python -m laptop demo

.PHONY: serve
serve: install ## the api and the page, on what is there already
	@exec .venv/bin/python -m laptop serve

.PHONY: serve-api
serve-api: install ## the api alone, on what is there already
	@exec .venv/bin/python -m laptop serve-api

.PHONY: screenshots
screenshots: install ## pictures of the main pages for the README, of the page that `make serve` serves
	@.venv/bin/python services/web/tests/browser/screenshots.py \
	  http://$${CINECOTE_WEB_HOST:-127.0.0.1}:$${CINECOTE_WEB_PORT:-8080} docs/screenshots

.PHONY: mlflow
mlflow: install ## MLflow's own page on the laptop's runs, at http://127.0.0.1:5000
	@exec .venv/bin/cinecote-mlflow

.PHONY: install
install: .venv/.made ## make .venv, with every component's command in .venv/bin

# The longest come first: what is begun last leaves a core idle. The stories, whose processes keep both cores at work, come late.
.PHONY: test
test: install ## lint, types, and every test that needs no engine and no cluster; AT_ONCE at a time, each told of at its end
	@$(MAKE) $(if $(filter -j%,$(MAKEFLAGS)),,-j$(AT_ONCE)) $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) \
	  lint unit-train unit-web unit-api unit-collect story unit-mlflow types unit

.PHONY: lint
lint: install ## ruff: style and format
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check

.PHONY: types
types: $(SOURCES:%=types-%) ## mypy, strict

.PHONY: $(SOURCES:%=types-%)
$(SOURCES:%=types-%): types-%: install
	@echo "mypy $*"; MYPYPATH=$(wildcard $*/src) .venv/bin/mypy --explicit-package-bases $(or $(wildcard $*/src $*/tests),$*)

.PHONY: unit
unit: $(NAMES:%=unit-%) ## each component's tests, in an environment and, on MySQL, a database of its own

.PHONY: $(NAMES:%=unit-%)
$(NAMES:%=unit-%): unit-%: .venvs/%/.made
	@echo "pytest $(call folder,$*)"; export CINECOTE_TEST_MYSQL_URL=$${CINECOTE_TEST_MYSQL_URL:+$${CINECOTE_TEST_MYSQL_URL}_$*}; \
	  $(ALONE) $(if $(filter train,$*),,$(STAND_BACK)) .venvs/$*/bin/python -m pytest -q $(call folder,$*)

.PHONY: fuzz
fuzz: .venvs/api/.made ## 10,000 requests to each of the api's calls, and as many numbers, bodies, tables and cursors: none may make it fail
	@CINECOTE_FUZZ_EXAMPLES=10000 .venvs/api/bin/python -m pytest -q --timeout=0 $(FUZZED:%=services/api/tests/test_%.py)

.PHONY: story
story: install ## the tests that span components
	@echo "pytest tests"; $(ALONE) $(STAND_BACK) .venv/bin/python -m pytest -q --ignore=tests/e2e --ignore=tests/compose tests

.PHONY: e2e
e2e: install ## the story on the cluster that KUBECONFIG names; a Docker engine that answers builds the images first
	@! docker info >/dev/null 2>&1 || $(MAKE) images
	@echo "pytest tests/e2e"; .venv/bin/python -m pytest -q --timeout=1200 tests/e2e

.PHONY: compose-test
compose-test: install ## the story with docker compose: builds, starts, breaks and removes a stack of its own
	@echo "pytest tests/compose"; .venv/bin/python -m pytest -q --timeout=1800 tests/compose

.PHONY: format
format: install ## let ruff mend style and format
	@.venv/bin/ruff check --fix
	@.venv/bin/ruff format

.PHONY: bench-collect
bench-collect: install ## a file of a million films: rows a second and memory, beside a peer
	@.venv/bin/python benchmarks/collect_csv.py

.PHONY: bench-tmdb
bench-tmdb: install ## TMDB at its limit, at round trips of 50 and 200 ms: requests a second, and none too many
	@.venv/bin/python -m benchmarks.tmdb_pace

.PHONY: soak
soak: install ## TMDB at its worst in full size, killed 20 times: five minutes; as long on MySQL too where CINECOTE_TEST_MYSQL_URL names one
	@CINECOTE_SOAK=1 .venv/bin/python -m pytest -s -q jobs/collect/tests/test_tmdb_soak.py

.PHONY: bench-store
bench-store: install ## films into MySQL beside SQLAlchemy's ORM and a plain LOAD DATA; CINECOTE_BENCH_MYSQL_URL names the server
	@.venv/bin/python -m benchmarks.store_films

.PHONY: bench-serving
bench-serving: install ## predictions beside MLflow, MLServer, BentoML and a textbook app: some fifteen minutes
	@.venv/bin/python -m benchmarks.serving

.PHONY: profile-serving
profile-serving: install ## where the processor time of our own predictions goes, part by part
	@.venv/bin/python -m benchmarks.serving.parts

.PHONY: check-oip
check-oip: install ## the Open Inference Protocol beside a real MLServer: the same statuses, the same probabilities
	@.venv/bin/python -m benchmarks.open_inference

.PHONY: lock-serving
lock-serving: $(UV) ## resolve the dependencies of the servers that ours is compared or tried with
	@for peer in $(PEERS); do \
	  $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --exclude-newer "7 days" \
	    --custom-compile-command "make lock-serving" --upgrade $$peer/requirements.in -o $$peer/requirements.lock; done
.PHONY: bench-batch
bench-batch: install ## a table of 100,000 films over HTTP: rows a second, memory, single predictions beside it
	@.venv/bin/python -m benchmarks.batch_csv

.PHONY: bench-overload
bench-overload: install ## five times the api's capacity: what of it is still answered, and /livez; as root, for a limit on the api's CPU
	@.venv/bin/python -m benchmarks.overload

.PHONY: bench-explanations
bench-explanations: install ## explanations while a million films are stored: time, and the index's memory
	@.venv/bin/python -m benchmarks.explanations
.PHONY: bench-films
bench-films: install ## pages of films among 10,000 and a million; on MySQL too where CINECOTE_BENCH_MYSQL_URL names one
	@.venv/bin/python -m benchmarks.films_pages

.PHONY: bench-search
bench-search: install ## our search for hyperparameters beside a full grid of the same space: processor time and macro-F1; half an hour
	@.venv/bin/python -m benchmarks.search_time

.PHONY: bench-defaults
bench-defaults: install ## our procedure beside each library's default model: paired differences, calibration; twenty minutes
	@.venv/bin/python -m benchmarks.defaults

.PHONY: bench-score
bench-score: install ## a million films scored by one process, and with Dask by one and two: films a second and memory; some minutes
	@.venv/bin/python -m benchmarks.score_films

.PHONY: report-picture
report-picture: install ## the picture of the sample's comparison for the README; trains for some ten minutes, in a folder that goes
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	  export DATABASE_URL=sqlite:///$$folder/cinecote.db MLFLOW_TRACKING_URI=sqlite:///$$folder/mlflow.db; \
	  .venv/bin/cinecote-migrate; .venv/bin/cinecote-collect sample; \
	  .venv/bin/cinecote-train compare --model film-category --report $$folder/report.html; \
	  .venv/bin/python jobs/train/tests/report_picture.py $$folder/report.html docs/screenshots/report.png

.PHONY: lock
lock: $(UV) ## resolve every dependency anew into requirements.lock
	@$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --all-extras \
	  --exclude-newer "7 days" --custom-compile-command "make lock" --no-emit-package cinecote --upgrade \
	  --group pyproject.toml:dev $(COMPONENTS:%=--group %/pyproject.toml:test) \
	  $(COMPONENTS:=/pyproject.toml) -o $(LOCK)

.PHONY: env
env: .env ## make .env with random passwords and secrets, for compose and for a cluster's Secret; one that is there stays

.env:
	@(umask 077; sed -nE 's/^(MYSQL_[A-Z]+_PASSWORD|CINECOTE_WEB_SECRET)=$$/\1/p' .env.example | while read -r name; do \
	  echo "$$name=$$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"; done >$@.made && mv $@.made $@)
	@echo "made .env"

.PHONY: images
images: ## build every component's image, tagged VERSION
	@for folder in $(IMAGES); do echo "docker build $$folder"; \
	  docker build -q --build-arg COMPONENT=$$folder \
	    --build-arg GIT_COMMIT="$$(git rev-parse HEAD 2>/dev/null)" -t cinecote-$${folder##*/}:$(VERSION) . ; done

.PHONY: image-sizes
image-sizes: images ## how large each image is, unpacked, above its base
	@for folder in $(IMAGES); do name=cinecote-$${folder##*/}; \
	  printf '%-20s %5d MB\n' $$name "$$(docker run --rm --entrypoint du $$name:$(VERSION) -sm /app | cut -f1)"; done

.PHONY: render
render: install ## make the chart's README and schema, and k8s/ of the chart
	@.venv/bin/python helm/reference.py helm/cinecote
	@helm/render.sh k8s

# `kubectl set env` prints nothing where it changes nothing.
.PHONY: restore
restore: ## bring MySQL back as its newest backup has it, or as BACKUP=name does; drops what is there
	@kubectl -n $(NAMESPACE) create job restore-$$(date +%s) --from=cronjob/$(RELEASE)-restore --dry-run=client -o yaml \
	  | $(if $(BACKUP),kubectl set env --local -f - BACKUP=$(BACKUP) -o yaml,cat) | kubectl create -f - -o name \
	  | while read -r job; do \
	      kubectl -n $(NAMESPACE) wait --for=condition=complete --timeout=30m $$job >/dev/null & complete=$$!; \
	      kubectl -n $(NAMESPACE) wait --for=condition=failed --timeout=30m $$job >/dev/null & failed=$$!; \
	      wait -n || true; kill $$complete $$failed 2>/dev/null || true; \
	      kubectl -n $(NAMESPACE) logs $$job; \
	      kubectl -n $(NAMESPACE) wait --for=condition=complete --timeout=1s $$job >/dev/null; done

.PHONY: clean
clean: ## remove the environments; var/ stays
	@rm -rf .venv .venvs .mypy_cache .ruff_cache .pytest_cache

.venv/.made: $(UV) $(LOCK) $(PROJECTS)
	@echo "installing every component into .venv (some seconds to a few minutes)"
	@$(call attempt,$(UV) venv --clear --python .venvs/tools/bin/python .venv,no environment can be made here)
	@$(call attempt,$(UV) pip install --compile-bytecode -p .venv -c $(LOCK) --group dev $(COMPONENTS:%=--group %/pyproject.toml:test) \
	  $(COMPONENTS:%=-e %),the packages can't be fetched or installed)
	@touch $@

# A component's own environment holds what it declares and nothing else, so that an undeclared import fails.
.venvs/%/.made: $(UV) $(LOCK) $(PROJECTS)
	@$(call attempt,$(UV) venv --clear --python .venvs/tools/bin/python .venvs/$*,no environment can be made here)
	@$(call attempt,$(UV) pip install --compile-bytecode -p .venvs/$* -c $(LOCK) --group $(call folder,$*)/pyproject.toml:test \
	  $(if $(filter cinecote,$*),-e $(WHOLE_LIBRARY),-e libs/cinecote -e $(call folder,$*)),the packages can't be fetched or installed)
	@touch $@

$(UV):
	@mkdir -p var .venvs 2>/dev/null && test -w . -a -w var || { echo "error: $(CURDIR) can't be written to" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "error: $(PYTHON) is not Python 3.11 or newer; name one: make PYTHON=python3.13" >&2; exit 1; }
	@$(call attempt,$(PYTHON) -m venv --clear .venvs/tools,$(PYTHON) can't make environments (Debian: apt install python3-venv))
	@$(call attempt,.venvs/tools/bin/python -m pip install --retries 2 --timeout 20 uv==$(UV_VERSION),the package registry can't be reached)
