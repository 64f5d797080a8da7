# Understudy: one verb for each thing that people and CI do. `make help` lists them.

PROFILE  ?= release
SCENARIO ?= region-loss
HTTP     ?= 127.0.0.1:5380
DNS      ?= 127.0.0.1:5353
SEEDS    ?= 10000
SEED     ?=
SHARDS   ?= 4
SHARD    ?= $(foreach number,$(shell seq 0 $$(( $(SHARDS) - 1 ))),$(number)/$(SHARDS))
BENCH    ?= all
FUZZ     ?=
FUZZ_SECONDS ?= 60

FUNCTIONS  = $(notdir $(wildcard functions/*))
LAMBDA     = target/lambda
LAB_CI     = advise-mode arc-three-of-five-dead blip consolidation-loses crash-mid-run duplicate-and-late-events \
             everything-down flip-before-route53-notices hostile-endpoints override-by-metric \
             override-dies-after-switch override-region-fails paused peer-pause region-loss route53-api-down \
             second-rescue slow-region two-overrides two-takers
CARGO_DENY = 0.20.2
CARGO_MUTANTS = 27.1.0
GUNGRAUN   = 0.20.0
BOLERO     = 0.13.5
STAGES     = fmt-check lint test check-core lab-ci e2e template-check deny

DEPLOY = for f in $(FUNCTIONS); do \
  mkdir -p $(LAMBDA)/$$f && cp target/$(PROFILE)/$$f $(LAMBDA)/$$f/bootstrap || exit 1; done

.DEFAULT_GOAL := help
.PHONY: help demo test build lab lab-all lab-ci sim sim-faults sim-same twin check-core fmt fmt-check lint template-check deny ci clean build-PlanLayer e2e mutants bench fuzz

help: ## this list
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: build ## kill a region on this machine and watch users being served again
	@cargo build --quiet -p lab
	@cargo run --quiet -p lab -- demo --binaries $(LAMBDA)

test: ## all tests
	cargo test --workspace

# For release, exactly what `sam build` runs for each function, so that it finds all of it fresh. Zig links it, so that
# it runs with the glibc of Amazon Linux 2023 whatever this host has. Other profiles (`measure`) are for the lab on this
# host.
build: ## each function's binary, at target/lambda/<function>/bootstrap (PROFILE=release)
ifeq ($(PROFILE),release)
build: .venv/.cargo-lambda
	PATH="$(CURDIR)/.venv/bin:$$PATH" cargo lambda build --release
else
	cargo build --profile $(PROFILE) $(foreach f,$(FUNCTIONS),-p $(f))
	@$(DEPLOY)
endif

lab: build ## one scenario, or several: make lab SCENARIO="region-loss flap"
	cargo run --quiet -p lab -- run $(SCENARIO) --binaries $(LAMBDA)

lab-all: build ## every scenario
	cargo run --quiet -p lab -- all --binaries $(LAMBDA)

lab-ci: ## the scenarios of CI
	$(MAKE) --no-print-directory lab SCENARIO="$(LAB_CI)"

sim: ## worlds that lie, lose and die: SEEDS=n of them, or the story of one: SEED=n
	cargo run --quiet --profile quick -p simulation --no-default-features -- $(if $(SEED),seed $(SEED),run --seeds $(SEEDS))

sim-faults: ## how many seeds it takes to find each fault that is planted in the product
	cargo run --quiet -p simulation -- faults --seeds 10000

sim-same: ## a seed tells the same story in a debug build and in a release build
	@debug=$$(cargo run --quiet -p simulation -- digest --seeds 200) || exit 1; \
	release=$$(cargo run --quiet --profile quick -p simulation --no-default-features -- digest --seeds 200) || exit 1; \
	echo "debug   $$debug"; echo "release $$release"; [ "$$debug" = "$$release" ]

twin: ## a strict Route 53 alone: HTTP=127.0.0.1:5380 DNS=127.0.0.1:5353
	cargo run --quiet -p twin -- --http $(HTTP) --dns $(DNS)

check-core: ## the core compiles alone: no AWS crate and no tokio in its tree
	cargo check -p understudy --no-default-features
	@! cargo tree -p understudy --no-default-features -e normal --prefix none \
	  | grep -E '^(tokio|hyper|rustls|lambda_runtime|aws-[a-z0-9-]+) ' \
	  || { echo "the core must not depend on these"; exit 1; }

fmt: ## format everything
	cargo fmt --all

fmt-check:
	cargo fmt --all -- --check

lint: ## clippy, warnings are errors
	cargo clippy --workspace --all-targets -- -D warnings

# What it finds lies in tests/fuzz/targets/__fuzz__/<target>/crashes, and is run by `make test` from then on.
fuzz: .tools/bin/cargo-bolero ## hostile input, guided by coverage: FUZZ_SECONDS=60 for each target (FUZZ=dns)
	@c++ --version >/dev/null || { echo "libFuzzer is compiled here: install a C++ compiler"; exit 1; }
	@found=""; for target in $$(CARGO_BOLERO_SELECT=all cargo test --quiet -p fuzz --test targets -- --nocapture $(FUZZ) \
	  | sed -n 's/.*__bolero_target.*"test_name":"\([^"]*\)".*/\1/p'); do echo "=== $$target"; \
	  .tools/bin/cargo-bolero test -p fuzz --sanitizer NONE -T $(FUZZ_SECONDS)s -E=-verbosity=0 -E=-print_funcs=0 \
	    -E=-print_final_stats=1 $$target || found="$$found $$target"; \
	done; [ -z "$$found" ] || { echo "Something was found:$$found"; exit 1; }

.tools/bin/cargo-bolero:
	cargo install --quiet --locked --version $(BOLERO) --no-default-features --features libfuzzer \
	  --root .tools cargo-bolero

template-check: .venv/.cfn-lint ## cfn-lint on template.yaml
	.venv/bin/cfn-lint template.yaml

e2e: build .venv/.e2e ## template.yaml built and deployed by SAM in two regions of an emulated AWS, and one of them lost
	@cargo build --quiet -p twin
	@.venv/bin/python -u tests/e2e/run.py

# Tools from the Python registry. One file fixes the versions of all.
.venv/.cfn-lint .venv/.cargo-lambda: .venv/.%: tests/e2e/constraints.txt
	python3 -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --constraint $< $*
	@touch $@

.venv/.e2e: tests/e2e/requirements.txt tests/e2e/constraints.txt
	python3 -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --constraint tests/e2e/constraints.txt --requirement $<
	@touch $@

deny: .tools/bin/cargo-deny ## licences, bans and sources of all dependencies
	.tools/bin/cargo-deny --all-features check licenses bans sources

.tools/bin/cargo-deny:
	cargo install --quiet --locked --version $(CARGO_DENY) --root .tools cargo-deny

mutants: .tools/bin/cargo-mutants ## do the tests notice when the core is broken? One to two hours; a part of it: SHARD=0/4
	@files=""; for shard in $(SHARD); do \
	  part=target/mutation/$${shard%/*}-of-$${shard#*/}; rm -rf $$part; mkdir -p $$part; \
	  .tools/bin/cargo-mutants mutants -p understudy --shard $$shard --sharding round-robin --output $$part; \
	  case $$? in 0|2|3) ;; *) exit 1 ;; esac; \
	  files="$$files $$part/mutants.out/*.txt"; \
	done; awk -f tests/mutants.awk $$files

.tools/bin/cargo-mutants:
	cargo install --quiet --locked --version $(CARGO_MUTANTS) --root .tools cargo-mutants

# The baselines are built with the functions, so that both link the same crates with the same features.
bench: PROFILE = release
bench: .tools/bin/gungraun-runner ## what it takes, beside what it should: BENCH=cold-start, lab, size, decisions, fleet, provision
	cargo build --release $(foreach f,$(FUNCTIONS),-p $(f)) -p bench --no-default-features --features bench/baselines
	@$(DEPLOY)
	@cargo build --quiet -p lab
	@cargo run --quiet --profile measure -p bench --bin bench --no-default-features --features harness -- $(BENCH)

.tools/bin/gungraun-runner:
	cargo install --quiet --locked --version $(GUNGRAUN) --root .tools gungraun-runner

# Called by `sam build` for the layer that holds the plan: failover.toml beside the template, or PLAN=<another file>.
PLAN ?= failover.toml
build-PlanLayer:
	cp "$(PLAN)" "$(ARTIFACTS_DIR)/failover.toml"

# Nothing is built twice here: what would make a second build quick only takes room. What is deployed is linked within
# minutes, for `lab-ci` and `e2e` alike: the same profile, but for what makes it small. Sizes and speeds are never measured
# on it.
ci: export CARGO_INCREMENTAL = 0
ci: export CARGO_PROFILE_RELEASE_LTO = off
ci: export CARGO_PROFILE_RELEASE_CODEGEN_UNITS = 16
ci: export CARGO_PROFILE_RELEASE_OPT_LEVEL = 1
ci: ## all that must pass, with the minutes of each stage
	@times=""; for stage in $(STAGES); do \
	  echo; echo "=== $$stage"; start=$$(date +%s); \
	  $(MAKE) --no-print-directory $$stage || exit 1; \
	  times="$$times$$(awk -v s=$$stage -v t=$$(( $$(date +%s) - start )) 'BEGIN{printf "  %-15s %5.1f min", s, t/60}')\n"; \
	done; printf "\nAll stages passed:\n$$times"; du -sh target

clean: ## what was built, and the tools
	rm -rf target .venv .tools
