# Every target first makes .venv from the lock file, so `.venv/bin/snakemake` works after any of them.
# PAPER=<folder of workflow/papers> asks for another paper than that of config.yaml.
PYTHON ?= python3
CORES ?= 2
PAPER ?=
export OPENBLAS_NUM_THREADS = 1

VENV := .venv
READY := $(VENV)/.ready
VALIDATORS := .validators
PAPERS = $(patsubst workflow/papers/%/config.yaml,%,$(wildcard workflow/papers/*/config.yaml))
# The paper that runs.
RUN = $(or $(PAPER),$(shell sed -n 's/^paper: *\([a-z0-9_]*\).*/\1/p' config.yaml))
SNAKEMAKE = $(VENV)/bin/snakemake --cores $(CORES) $(if $(PAPER),--config paper=$(PAPER) --)
AUDIT = $(VENV)/bin/python -m welfare_added.audit $(if $(PAPER),--paper $(PAPER))
PYTEST = $(VENV)/bin/pytest -n $(CORES) --dist worksteal

.PHONY: reproduce papers test test-all test-slurm lint verify trace compare reference calibrate seeds intervals bootstrap benchmark wheel lock clean

reproduce: $(READY)  ## every exhibit, claim and calibration line of a paper; then, beside the published run
	$(SNAKEMAKE)
	$(AUDIT) reference

papers:  ## the same for every paper
	$(foreach paper,$(PAPERS),$(MAKE) reproduce PAPER=$(paper) &&) true

test: $(READY) $(VALIDATORS)/.ready  ## units, properties, recovery, each paper's tiny world
	$(PYTEST)

test-all: $(READY) $(VALIDATORS)/.ready  ## the same, and what takes minutes: killed runs, full disks, edits of modules
	$(PYTEST) -m "not slurm"

test-slurm: $(READY)  ## the tiny district on a real Slurm, on loopback (Debian: slurm-wlm, munge)
	$(PYTEST) -m slurm tests/workflow/test_slurm.py

lint: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(foreach paper,$(PAPERS),$(VENV)/bin/snakemake --lint --config paper=$(paper) &&) true

verify: $(READY)  ## hash every result again: what can be trusted, what not, and why
	$(AUDIT) verify

trace: $(READY)  ## where OF=figure_04, OF=<file> or OF=<claim> comes from
	$(AUDIT) trace $(OF)

compare: $(READY)  ## what differs between two runs: A=, B= manifest.json of a run, or the reference.json of a paper
	$(AUDIT) compare $(A) $(B)

reference: $(READY)  ## keep these results as the published run; renew the paper's tables in README and docs
	$(AUDIT) reference --keep
	$(AUDIT) readme

# Said before anything is installed.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Python 3.11 to 3.13 is needed, and this is {sys.version.split()[0]}. Ask for another: make reproduce PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --require-hashes --no-deps -r requirements.lock
	$(VENV)/bin/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# They need other versions of packages than ours.
$(VALIDATORS)/.ready: validators.lock
	$(PYTHON) -m venv $(VALIDATORS)
	$(VALIDATORS)/bin/pip install --quiet --require-hashes --no-deps -r validators.lock
	touch $@

calibrate: $(READY)  ## search the parameters of a paper's synthetic world again, and keep them
	$(SNAKEMAKE) calibrate
	cp results/$(RUN)/calibrate/parameters.yaml workflow/papers/$(RUN)/calibration/parameters.yaml
	$(if $(wildcard workflow/papers/$(RUN)/calibration/seeds.csv),$(MAKE) seeds)

seeds: $(READY)  ## moments of further synthetic districts with these parameters, and keep them (eastmond_2024)
	$(SNAKEMAKE) calibration_districts
	cp results/$(RUN)/calibrate/seeds.csv results/$(RUN)/calibrate/seeds.yaml workflow/papers/$(RUN)/calibration/

intervals: $(READY)  ## Monte Carlo intervals of a paper's numbers, and effects of its open choices, and keep them (45 minutes; docs/claims.md)
	$(SNAKEMAKE) intervals
	mkdir -p workflow/papers/$(RUN)/intervals
	cp $(addprefix results/$(RUN)/intervals/,claims.csv shares.csv choices.csv delivered.csv provenance.json) workflow/papers/$(RUN)/intervals/

bootstrap: $(READY)  ## standard errors by school of the default district (eastmond_2024), and keep them
	$(SNAKEMAKE) bootstrap
	mkdir -p workflow/papers/$(RUN)/bootstrap
	cp results/$(RUN)/bootstrap/standard_errors.csv results/$(RUN)/bootstrap/provenance.json workflow/papers/$(RUN)/bootstrap/

benchmark: $(READY) $(VENV)/.peers  ## time a paper's methods beside their peers (eastmond_2024: some 60 minutes, 22 GB)
	$(SNAKEMAKE) benchmark

$(VENV)/.peers: benchmark.lock $(READY)
	$(VENV)/bin/pip install --quiet --require-hashes --no-deps -r benchmark.lock
	touch $@

lock:  ## renew the lock files (needs uv)
	uv pip compile pyproject.toml --extra star --extra test --generate-hashes --no-header --universal --python-version 3.11 -o requirements.lock
	uv pip compile pyproject.toml --extra benchmark --constraint requirements.lock --generate-hashes --no-header --universal --python-version 3.11 -o benchmark.lock
	uv pip compile validators.in --generate-hashes --no-header --universal --python-version 3.11 -o validators.lock

wheel: $(READY)  ## the package as a wheel in dist/, with the workflow that `welfare-added new` writes
	rm -rf build
	$(VENV)/bin/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	rm -rf build

clean:
	rm -rf results/* release .snakemake dist
	git checkout -- results/README.md
