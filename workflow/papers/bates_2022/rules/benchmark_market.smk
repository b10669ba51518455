# Not part of the default run: it needs the packages that `make benchmark` installs.
rule benchmark_market:
    message: "Timing stable and optimal allocations against other solvers (some 3 minutes)"
    input:
        code=code("benchmark_market"),
    output:
        rounds="results/benchmark/market_rounds.csv",
        table="results/benchmark/market.csv",
    params:
        code=code_fingerprint("benchmark_market"),
        **config["benchmark"]["market"],
    threads: 1000  # all cores, so that no other job runs at the same time
    log: "results/benchmark/logs/market.log"
    conda:
        ENVIRONMENT
    script: script_path("benchmark_market")


rule benchmark:
    message: "The benchmarks of preferences and of the market are in results/benchmark/"
    input:
        rules.benchmark_choice.output,
        rules.benchmark_market.output,
