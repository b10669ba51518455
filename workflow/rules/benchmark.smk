# Not part of the default run: it takes some 20 minutes and needs the peers of `make benchmark`.
rule benchmark_allocation:
    message: "Timing the allocation beside its peers (some 20 minutes)"
    input:
        code=code("benchmark_allocation"),
    output:
        rounds="results/benchmark/allocation_rounds.csv",
    params:
        code=code_fingerprint("benchmark_allocation"),
        sizes=config["benchmark"]["sizes"],
        rounds=config["benchmark"]["rounds"],
        seed=config["benchmark"]["seed"],
    threads: 1000  # all there are: nothing else may run beside it
    log: "results/benchmark/logs/allocation.log"
    conda:
        ENVIRONMENT
    script: script_path("benchmark_allocation")


rule benchmark:
    message: "Summing up the benchmark of the allocation"
    input:
        rounds="results/benchmark/allocation_rounds.csv",
        code=code("benchmark"),
    output:
        table="results/benchmark/allocation.csv",
        growth="results/benchmark/allocation_growth.csv",
        pdf="results/benchmark/figures/allocation.pdf",
        png="results/benchmark/figures/allocation.png",
        csv="results/benchmark/figures/allocation.csv",
    params:
        code=code_fingerprint("benchmark"),
        dpi=DPI,
        most_points=MOST_POINTS,
    log: "results/benchmark/logs/benchmark.log"
    conda:
        ENVIRONMENT
    script: script_path("benchmark")
