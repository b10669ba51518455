# Not part of the default run: it takes over an hour and needs the packages that `make benchmark` installs.
rule benchmark_allocation:
    message: "Timing the allocation against other solvers (some 20 minutes)"
    input:
        code=code("benchmark_allocation"),
    output:
        rounds="results/benchmark/allocation_rounds.csv",
    params:
        code=code_fingerprint("benchmark_allocation"),
        sizes=config["benchmark"]["sizes"],
        rounds=config["benchmark"]["rounds"],
        seed=config["benchmark"]["seed"],
    threads: 1000  # all cores, so that no other job runs at the same time
    log: "results/benchmark/logs/allocation.log"
    conda:
        ENVIRONMENT
    script: script_path("benchmark_allocation")


rule benchmark_value_added:
    message: "Timing value added against other packages (some 50 minutes, 22 GB)"
    input:
        code=code("benchmark_value_added"),
    output:
        rounds="results/benchmark/value_added_rounds.csv",
    params:
        code=code_fingerprint("benchmark_value_added"),
        sizes=config["benchmark"]["students"],
        rounds=config["benchmark"]["rounds"],
        seed=config["benchmark"]["seed"],
        batch=config["value_added"]["batch"],
    threads: 1000  # all cores, so that no other job runs at the same time
    log: "results/benchmark/logs/value_added.log"
    conda:
        ENVIRONMENT
    script: script_path("benchmark_value_added")


rule benchmark:
    message: "Summarising the benchmarks"
    input:
        allocation="results/benchmark/allocation_rounds.csv",
        value_added="results/benchmark/value_added_rounds.csv",
        code=code("benchmark"),
    output:
        table="results/benchmark/allocation.csv",
        growth="results/benchmark/allocation_growth.csv",
        value_added="results/benchmark/value_added.csv",
        value_added_growth="results/benchmark/value_added_growth.csv",
        pdf="results/benchmark/figures/allocation.pdf",
        png="results/benchmark/figures/allocation.png",
        csv="results/benchmark/figures/allocation.csv",
    params:
        code=code_fingerprint("benchmark"),
        **SHEET,
    log: "results/benchmark/logs/benchmark.log"
    conda:
        ENVIRONMENT
    script: script_path("benchmark")
