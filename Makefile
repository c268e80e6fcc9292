# Everything here works from a fresh checkout, in any order, and from a path with spaces: only relative paths are used.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/.ready

# Tests start hundreds of Pythons; where compiled modules may not be kept, each would compile the project again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo test test-fast lint format bench screenshots lock wheel clean

help:
	@echo "make demo       set everything up and run the main job on samples/"
	@echo "make test       set everything up and run all tests"
	@echo "make test-fast  the tests without those marked slow"
	@echo "make lint       ruff and mypy"
	@echo "make bench      the measurements of benchmarks/"
	@echo "make screenshots  the pictures of docs/screenshots/ (needs Chromium)"
	@echo "make lock       resolve the dependencies again (needs network)"
	@echo "make wheel      build the wheel into dist/"

setup: $(READY)

# The lock names every dependency with its hashes; pip refuses anything else. It is the constraint as well, or pip would take the
# newest of what a dependency asks for with an extra (sqlalchemy[asyncio]), and refuse it. The project itself is installed without
# resolving and without a build environment, so nothing outside the lock is ever fetched. Modules are compiled when they are
# first imported: most of what is installed never is, and compiling all of it takes as long as fetching it.
$(READY): requirements.lock pyproject.toml
	@"$(RUN)" -c "" 2>/dev/null || { rm -rf "$(VENV)" && "$(PYTHON)" -m venv "$(VENV)"; }
	@echo "Installing the locked dependencies into $(VENV) (a few minutes the first time) ..."
	@"$(RUN)" -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements.lock -c requirements.lock
	@# setuptools warns of what an editable install is; that is no news here.
	@PYTHONWARNINGS=ignore "$(RUN)" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --config-settings editable_mode=compat -e .
	@touch "$(READY)"

demo: $(READY)
	@"$(RUN)" -m duzheng demo

test: $(READY)
	@"$(RUN)" -m pytest -q -n 5 --dist worksteal

test-fast: $(READY)
	@"$(RUN)" -m pytest -q -n 5 --dist worksteal -m "not slow"

lint: $(READY)
	@"$(RUN)" -m ruff check .
	@"$(RUN)" -m ruff format --check .
	@"$(RUN)" -m mypy

format: $(READY)
	@"$(RUN)" -m ruff check --fix .
	@"$(RUN)" -m ruff format .

bench: $(READY)
	@"$(RUN)" -m benchmarks

screenshots: $(READY)
	@"$(RUN)" -m samples.screenshots

lock: $(READY)
	@"$(RUN)" -m piptools compile --quiet --extra dev --generate-hashes --allow-unsafe --strip-extras \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header \
		--output-file requirements.lock pyproject.toml

wheel: $(READY)
	@"$(RUN)" -m build --wheel --no-isolation --outdir dist .

clean:
	rm -rf "$(VENV)" build dist ./*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis duzheng-demo
