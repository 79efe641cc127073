# The few commands of the project, the same for people and CI. `make help` lists them.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
PEERS := build/bench-env
# Driver manager, what Microsoft's driver needs, FreeTDS, and the drivers of the tests.
SYSTEM_PACKAGES := libodbc2 libltdl7 libkrb5-3 libgssapi-krb5-2 tdsodbc odbcinst odbc-postgresql libsqliteodbc
export DAGSTER_HOME ?= $(CURDIR)/build/dagster
export PIP_DISABLE_PIP_VERSION_CHECK := 1
CPP_FILES := $(shell find cpp -name '*.[ch]pp' -o -name '*.h')
SOURCES := $(CPP_FILES) $(shell find cpp -name CMakeLists.txt -o -name '*.cmake')
LOCK := $(BIN)/uv pip compile --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-header \
  --no-annotate

.PHONY: help demo dev test lint format lock system-packages standin pyrfc bench bench-env sanitize fuzz clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

demo: $(STAMP) ## Load every table of the sandbox with its checks, print the figures
	@$(BIN)/python -c "import pyodbc" 2>/dev/null || $(MAKE) --no-print-directory system-packages || true
	@! command -v c++ >/dev/null || cpp/standin/build.sh
	@$(BIN)/erp demo

dev: $(STAMP) ## Sandbox, Dagster's UI and daemon on loopback, until Ctrl-C
	@! command -v c++ >/dev/null || cpp/standin/build.sh
	@$(BIN)/erp dev

test: export ERP_REQUIRE_CPP := $(shell command -v c++ >/dev/null && echo 1)
test: lint ## Lint, types, and the whole test suite
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(STAMP) ## ruff, mypy --strict, clang-format
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/clang-format --dry-run --Werror $(CPP_FILES)

format: $(STAMP) ## Format Python and C++
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/clang-format -i $(CPP_FILES)

lock: $(STAMP) ## Resolve requirements.lock anew from pyproject.toml, and the other locks
	$(LOCK) pyproject.toml --extra oracle --extra sqlserver --extra sandbox --extra dev -o requirements.lock
	for name in $(basename $(wildcard tests/benchmarks/*.in cpp/standin/pyrfc/*.in)); do \
	  $(LOCK) $$name.in -o $$name.lock; done

system-packages: ## Install the ODBC packages of the system, where that is allowed
	@dpkg -s $(SYSTEM_PACKAGES) >/dev/null 2>&1 && { echo "there already: $(SYSTEM_PACKAGES)"; exit 0; }; \
	command -v apt-get >/dev/null || { echo "no apt-get here; install what it calls $(SYSTEM_PACKAGES)"; exit 1; }; \
	root=; [ "$$(id -u)" = 0 ] || root="sudo -n"; \
	$$root true 2>/dev/null || { echo "run: sudo apt-get install -y $(SYSTEM_PACKAGES)"; exit 1; }; \
	echo "installing $(SYSTEM_PACKAGES)"; \
	$$root apt-get update -q; \
	$$root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $(SYSTEM_PACKAGES)

standin: $(STAMP) ## Build the stand-in for SAP's NW RFC SDK in build/standin
	cpp/standin/build.sh

pyrfc: $(STAMP) ## Build the stand-in and pyrfc against it, for the tests of both
	cpp/standin/pyrfc/build.sh

bench: $(STAMP) bench-env ## Benchmarks beside their peers, e.g. make bench NAME=oracle_scan
	$(BIN)/python -m tests.benchmarks $(NAME)

bench-env: $(PEERS)/.locked ## The benchmarks' peers, in an environment of their own

$(PEERS)/.locked: tests/benchmarks/requirements-peers.lock
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/pip install -q --require-hashes -r $<
	@touch $@

# Python itself is built without ASan, which therefore must be loaded first.
sanitize: $(STAMP) ## Generated cases (CASES=1000000) and the stand-in's tests under ASan and UBSan
	$(BIN)/cmake -S cpp -B build/sanitize -G Ninja -DERP_SANITIZE=ON -DCMAKE_MAKE_PROGRAM=$(CURDIR)/$(BIN)/ninja
	$(BIN)/cmake --build build/sanitize
	build/sanitize/fifo_cases $(or $(CASES),1000000)
	build/sanitize/decode_cases $(or $(CASES),1000000)
	build/sanitize/typed_cases $(or $(CASES),1000000)
	ERP_SANITIZE=ON cpp/standin/build.sh build/standin-sanitize
	LD_PRELOAD="$$(c++ -print-file-name=libasan.so) $$(c++ -print-file-name=libstdc++.so)" ASAN_OPTIONS=detect_leaks=0 \
	  STANDIN_LIBRARY=build/standin-sanitize/lib/libsapnwrfc.so $(BIN)/python -m pytest -q tests/standin tests/erp_rfc

# libFuzzer is a part of clang. A number of runs begins with one seed, a time of seconds with any.
fuzz: CLANG ?= $(firstword $(shell command -v clang++ clang++-14))
fuzz: RUNS ?= $(if $(SECONDS),-1,50000)
fuzz: $(STAMP) ## Coverage-guided cases (RUNS=50000, or SECONDS=3600; NAME=decode_cases: that one alone)
	@[ -n "$(CLANG)" ] || { echo "no clang++ here; Debian 12: apt-get install clang-14 libclang-rt-14-dev"; exit 1; }
	$(BIN)/cmake -S cpp -B build/fuzz -G Ninja -DERP_SANITIZE=ON -DERP_LIBFUZZER=ON -DCMAKE_CXX_COMPILER=$(CLANG) \
	  -DCMAKE_MAKE_PROGRAM=$(CURDIR)/$(BIN)/ninja
	$(BIN)/cmake --build build/fuzz
	for name in $(or $(NAME),decode_cases typed_cases fifo_cases); do \
	  mkdir -p build/fuzz/corpus/$$name; \
	  build/fuzz/$$name -runs=$(RUNS) -max_total_time=$(or $(SECONDS),0) -seed=$(if $(SECONDS),0,1) -max_len=512 \
	    -len_control=10 -print_funcs=0 -artifact_prefix=build/fuzz/$$name- build/fuzz/corpus/$$name \
	    |& sed -E '/\t(NEW|REDUCE) /d; /^#+ Recommended/,/^#+ End/d'; \
	done

clean: ## Remove everything that was built
	rm -rf build $(VENV)

# The environment: locked packages with hashes, then the project itself, editable, with its extensions.
$(VENV)/.locked: requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --require-hashes -r requirements.lock
	@touch $@

$(STAMP): $(VENV)/.locked pyproject.toml $(SOURCES)
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@
