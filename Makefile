# Every target sets up .venv by itself. `make` alone lists them.

# The newest Python of those for which PyTorch is offered (tools/environment.py names the same).
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python py; do \
  "$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)
ifeq ($(OS),Windows_NT)
  BIN := Scripts/python.exe
else
  BIN := bin/python
endif
PY := .venv/$(BIN)
BENCH_PY := .venv-bench/$(BIN)
# Jupyter refuses to run as root unless told; in a container there is no one else.
ALLOW_ROOT := $(if $(filter 0,$(shell id -u 2>/dev/null)),--allow-root)
# What one process has compiled the next ones read: of the tests, pytest's own copies too, which cost seconds.
unexport PYTHONDONTWRITEBYTECODE
# Notebooks and plain tests share the workers. One notebook stays on one worker, since its cells share a kernel.
PARALLEL := -n auto --dist loadscope --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help lab update test test-slow slow-together slow-alone test-all bench refresh lint coverage publish picture book pdf clean student developer colab libraries

help: ## this list
	@echo "From a Neuron to a Network that Hears"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

lab: student ## open the course in JupyterLab, at a page that lists the notebooks
	@JUPYTER_CONFIG_PATH="tools/jupyter$${JUPYTER_CONFIG_PATH:+:$$JUPYTER_CONFIG_PATH}" \
	  "$(PY)" -m jupyterlab --log-level=WARN $(ALLOW_ROOT) $(ARGS)

test: developer ## run the tests and every notebook
	@"$(PY)" -m pytest -q $(PARALLEL) --nbval -m "not slow" $(ARGS)

test-slow: slow-together slow-alone ## only the tests that take minutes, or need a browser

slow-together: developer colab
	@"$(PY)" -m pytest -q $(PARALLEL) -m "slow and not alone" $(ARGS) tests

# Time is measured while nothing else runs.
slow-alone: developer
	@"$(PY)" -m pytest -q -n 0 -m "slow and alone" $(ARGS) tests

test-all: test test-slow ## both

update: ## bring the newest course, and keep your own work in the notebooks
	@p="$(PYTHON)"; [ -n "$$p" ] || p="$(PY)"; "$$p" tools/update.py

refresh: developer ## run the notebooks and store their outputs (only some: NOTEBOOKS="notebooks/01_...")
	@"$(PY)" tools/refresh.py --times 3 $(NOTEBOOKS)

lint: developer ## check style, and the form of the stored notebooks
	@"$(PY)" -m ruff check .
	@"$(PY)" -m ruff format --check --quiet .
	@"$(PY)" tools/refresh.py --check
	@"$(PY)" tools/publish.py --check

coverage: developer ## how much of utils the plain tests reach, and how many small mistakes they notice
	@"$(PY)" -m pytest -q $(PARALLEL) -m "not slow" --cov --cov-report=term tests
	@"$(PY)" tools/mutation.py --mutants 60 --seed 1 --seconds 10 --least 0.8

publish: developer ## write the public address everywhere (a new one: REPO=owner/name)
	@"$(PY)" tools/publish.py $(if $(REPO),--repo "$(REPO)")

bench: libraries ## time the course against the literal way and other libraries
	@"$(BENCH_PY)" -m benchmarks $(ARGS)

picture: developer ## make README's picture from the stored notebooks
	@"$(PY)" tools/picture.py

book: developer ## build the website from the stored notebooks: book/_build/html/index.html
	@"$(PY)" -m book $(ARGS)

pdf: developer ## print the website's notebooks into one PDF, by Chromium: book/_build/neuron-to-hearing.pdf
	@"$(PY)" -m book --pdf $(ARGS)

clean: ## remove .venv and everything that can be made again
	@rm -rf .venv .venv-colab .venv-bench .pytest_cache .ruff_cache .hypothesis .coverage htmlcov book/_build notebooks/.ipynb_checkpoints
	@find utils tools tests -name __pycache__ -type d -prune -exec rm -rf {} +

student:
	@$(SETUP) requirements.txt

developer:
	@$(SETUP) requirements-dev.txt

# The versions that Colab holds, for the tests alone.
colab:
	@$(SETUP) requirements.txt --venv .venv-colab --constraints .github/colab-constraints.txt

# Other libraries of spiking networks, for the benchmarks alone.
libraries:
	@$(SETUP) requirements-bench.txt --venv .venv-bench

# A working .venv needs no other Python, so its own serves where the system has none.
define SETUP
p="$(PYTHON)"; [ -n "$$p" ] || p="$(PY)"; \
command -v "$$p" >/dev/null 2>&1 || { echo "No Python from 3.11 to 3.14 was found: install one, or name it: make PYTHON=/path/to/python3.13" >&2; exit 1; }; \
"$$p" tools/environment.py
endef
