# Everything a person does here, one word each. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help run dev test test-wheel test-stripe browser watch-check check fix lint audit docs openapi bench lock migration reset prove mutants coverage tour
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

browser: ## Play a video in Chromium from the demo page: seek, resume, refund (apt-get install chromium)
	@scripts/bootstrap dev
	@COURSIFY_BROWSER=1 .venv/bin/python -m pytest -q -n 0 tests/browser

watch-check: ## Scrape a sandbox with Debian's Prometheus: every panel, alert and command of a runbook
	@scripts/bootstrap dev
	@COURSIFY_WATCH=1 .venv/bin/python -m pytest -q -n 0 tests/operations

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
		tests/house/test_policy.py tests/house/test_data_model.py tests/house/test_errors.py

openapi: docs

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

bench: ## Measure the system that `make run` runs (ARGS="--seconds 10")
	@scripts/bootstrap dev
	@PYTHONPATH=. .venv/bin/python -m bench $(ARGS)

migration: ## Begin a revision of the schema (NAME=add_gift_cards)
	@scripts/bootstrap dev
	@test -n "$(NAME)" || { echo 'Say what it does: make migration NAME=add_gift_cards'; exit 1; }
	@.venv/bin/python scripts/new_revision.py "$(NAME)"

reset: ## Delete the sandbox's data
	@scripts/bootstrap run
	@.venv/bin/coursify reset
