# The few commands of the project, the same for people and CI. `make help` lists them.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
export DAGSTER_HOME ?= $(CURDIR)/build/dagster
export PIP_DISABLE_PIP_VERSION_CHECK := 1
SOURCES := $(shell find cpp -name '*.[ch]pp' -o -name CMakeLists.txt -o -name '*.cmake' 2>/dev/null)

.PHONY: help demo dev test lint format lock bench bench-env sanitize clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(STAMP) ## Load every table of the sandbox with its checks, print the figures
	@$(BIN)/erp demo

dev: $(STAMP) ## Sandbox, Dagster's UI and daemon on loopback, until Ctrl-C
	@$(BIN)/erp dev

test: export ERP_REQUIRE_CPP := $(shell command -v c++ >/dev/null && echo 1)
test: lint ## Lint, types, and the whole test suite
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(STAMP) ## ruff, mypy --strict, clang-format
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/clang-format --dry-run --Werror $(filter %.cpp %.hpp,$(SOURCES))

format: $(STAMP) ## Format Python and C++
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/clang-format -i $(filter %.cpp %.hpp,$(SOURCES))

lock: $(STAMP) ## Resolve requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --extra oracle --extra odbc --extra sandbox --extra dev --universal \
	  --no-strip-extras --generate-hashes --no-emit-index-url --no-header --no-annotate -o requirements.lock

bench: $(STAMP) ## Benchmarks beside their peers, e.g. make bench NAME=oracle_scan
	$(BIN)/python -m tests.benchmarks $(NAME)

sanitize: $(STAMP) ## Generated cases through the kernels under ASan and UBSan (CASES=1000000)
	$(BIN)/cmake -S cpp -B build/sanitize -G Ninja -DERP_SANITIZE=ON -DCMAKE_MAKE_PROGRAM=$(CURDIR)/$(BIN)/ninja
	$(BIN)/cmake --build build/sanitize
	build/sanitize/fifo_cases $(or $(CASES),1000000)

clean: ## Remove everything that was built
	rm -rf build $(VENV)

# The environment: locked packages with hashes, then the project itself, editable, with its kernels.
$(VENV)/.locked: requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --require-hashes -r requirements.lock
	@touch $@

$(STAMP): $(VENV)/.locked pyproject.toml $(SOURCES)
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@
