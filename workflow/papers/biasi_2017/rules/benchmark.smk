# Not part of the default run.
rule benchmark_pay:
    message: "Timing the knapsack against HiGHS, equilibria, fits and value added (some 5 minutes)"
    input:
        inputs=of_paper("calibration/inputs.yaml"),
        code=code("benchmark_pay"),
    output:
        rounds="results/benchmark/pay_rounds.csv",
        table="results/benchmark/pay.csv",
    params:
        code=code_fingerprint("benchmark_pay"),
        laboratory=config["offers"]["laboratory"],
        rules=config["offers"]["rules"],
        timed=config["benchmark"],
    threads: 1000  # all cores, so that no other job runs at the same time
    log: "results/benchmark/logs/pay.log"
    conda:
        ENVIRONMENT
    script: script_path("benchmark_pay")


rule benchmark:
    message: "Seconds of the paper's methods are in results/benchmark/pay.csv"
    input:
        rules.benchmark_pay.output,
