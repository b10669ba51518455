# Not part of the default run: it needs the packages that `make benchmark` installs.
rule benchmark_choice:
    message: "Timing simulated likelihoods and a mixed logit against numpy and xlogit (some 10 minutes)"
    input:
        code=code("benchmark_choice"),
        electricity="workflow/papers/bates_2022/benchmark/electricity.csv.gz",
    output:
        rounds="results/benchmark/choice_rounds.csv",
        table="results/benchmark/choice.csv",
    params:
        code=code_fingerprint("benchmark_choice"),
        rows=config["benchmark"]["rows"],
        rounds=config["benchmark"]["rounds"],
        seed=config["benchmark"]["seed"],
    threads: 1000  # all cores, so that no other job runs at the same time
    log: "results/benchmark/logs/choice.log"
    conda:
        ENVIRONMENT
    script: script_path("benchmark_choice")
