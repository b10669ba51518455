# Every target first makes .venv from the lock file, so `.venv/bin/snakemake` works after any of them.
PYTHON ?= python3
CORES ?= 2
export OPENBLAS_NUM_THREADS = 1

VENV := .venv
READY := $(VENV)/.ready
VALIDATORS := .validators
SNAKEMAKE := $(VENV)/bin/snakemake --cores $(CORES)
AUDIT := $(VENV)/bin/python -m welfare_added.audit

.PHONY: reproduce test test-all test-slurm lint verify trace compare reference calibrate benchmark lock clean

reproduce: $(READY)  ## every exhibit, claim and calibration line; then, beside the published run
	$(SNAKEMAKE)
	$(AUDIT) reference

test: $(READY) $(VALIDATORS)/.ready  ## units, properties, recovery, the DAG on the tiny district
	$(VENV)/bin/pytest -n $(CORES) --dist worksteal

test-all: $(READY) $(VALIDATORS)/.ready  ## the same, and what takes minutes: killed runs, full disks, an edit of every module
	$(VENV)/bin/pytest -n $(CORES) --dist worksteal -m "not slurm"

test-slurm: $(READY)  ## the tiny district on a real Slurm, on loopback (Debian: slurm-wlm, munge)
	$(VENV)/bin/pytest -n $(CORES) --dist worksteal -m slurm tests/workflow/test_slurm.py

lint: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/snakemake --lint

verify: $(READY)  ## hash every result again: what can be trusted, what not, and why
	$(AUDIT) verify

trace: $(READY)  ## where OF=figure_04, OF=<file> or OF=<claim> comes from
	$(AUDIT) trace $(OF)

compare: $(READY)  ## what differs between two runs: A=manifest.json B=manifest.json
	$(AUDIT) compare $(A) $(B)

reference: $(READY)  ## keep these results as the published run, and the README's table of exhibits
	$(AUDIT) reference --keep
	$(AUDIT) readme

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --require-hashes --no-deps -r requirements.lock
	$(VENV)/bin/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# They need other versions of packages than ours.
$(VALIDATORS)/.ready: validators.lock
	$(PYTHON) -m venv $(VALIDATORS)
	$(VALIDATORS)/bin/pip install --quiet --require-hashes --no-deps -r validators.lock
	touch $@

calibrate: $(READY)  ## search the synthetic district's parameters again, and keep them
	$(SNAKEMAKE) calibrate
	cp results/calibrate/parameters.yaml workflow/calibration/parameters.yaml

benchmark: $(READY) $(VENV)/.peers  ## time value added and the allocation beside their peers (some 60 minutes, 22 GB)
	$(SNAKEMAKE) benchmark

$(VENV)/.peers: benchmark.lock $(READY)
	$(VENV)/bin/pip install --quiet --require-hashes --no-deps -r benchmark.lock
	touch $@

lock:  ## renew the lock files (needs uv)
	uv pip compile pyproject.toml --extra slurm --extra star --extra test --generate-hashes --no-header --universal --python-version 3.11 -o requirements.lock
	uv pip compile pyproject.toml --extra benchmark --constraint requirements.lock --generate-hashes --no-header --universal --python-version 3.11 -o benchmark.lock
	uv pip compile validators.in --generate-hashes --no-header --universal --python-version 3.11 -o validators.lock

clean:
	rm -rf results/* release .snakemake
	git checkout -- results/README.md
