# Not part of the default run: it needs the packages that `make benchmark` installs.
rule benchmark_admissions:
    message: "Timing placement and the best class against other solvers (some 15 minutes)"
    input:
        code=code("benchmark_admissions"),
    output:
        rounds="results/benchmark/admissions_rounds.csv",
        table="results/benchmark/admissions.csv",
    params:
        code=code_fingerprint("benchmark_admissions"),
        sizes=config["benchmark"]["sizes"],
        rounds=config["benchmark"]["rounds"],
        seed=config["benchmark"]["seed"],
    threads: 1000  # all cores, so that no other job runs at the same time
    log: "results/benchmark/logs/admissions.log"
    conda:
        ENVIRONMENT
    script: script_path("benchmark_admissions")


rule benchmark:
    message: "The benchmark of admissions is in results/benchmark/admissions.csv"
    input:
        rules.benchmark_admissions.output,
