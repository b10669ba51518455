# Every target first makes .venv from the lock file, so `.venv/bin/snakemake` works after any of them.
PYTHON ?= python3
CORES ?= 2
export OPENBLAS_NUM_THREADS = 1

VENV := .venv
READY := $(VENV)/.ready
SNAKEMAKE := $(VENV)/bin/snakemake --cores $(CORES)

.PHONY: reproduce test lint calibrate benchmark lock clean

reproduce: $(READY)  ## every exhibit, claim and calibration line
	$(SNAKEMAKE)

test: $(READY)  ## units, properties, recovery, the DAG on the tiny district
	$(VENV)/bin/pytest -n $(CORES) --dist loadgroup

lint: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/snakemake --lint

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --require-hashes --no-deps -r requirements.lock
	$(VENV)/bin/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

calibrate: $(READY)  ## search the synthetic district's parameters again, and keep them
	$(SNAKEMAKE) calibrate
	cp results/calibrate/parameters.yaml workflow/calibration/parameters.yaml

benchmark: $(READY) $(VENV)/.peers  ## time the allocation beside its peers (some 20 minutes)
	$(SNAKEMAKE) benchmark

$(VENV)/.peers: benchmark.lock $(READY)
	$(VENV)/bin/pip install --quiet --require-hashes --no-deps -r benchmark.lock
	touch $@

lock:  ## renew the lock files (needs uv)
	uv pip compile pyproject.toml --extra star --extra test --generate-hashes --no-header --universal --python-version 3.11 -o requirements.lock
	uv pip compile pyproject.toml --extra benchmark --constraint requirements.lock --generate-hashes --no-header --universal --python-version 3.11 -o benchmark.lock

clean:
	rm -rf results/* .snakemake
	git checkout -- results/README.md
