# Not part of the default run: tests of the sampler on data of the model. `snakemake trust` takes half an hour.
TRUST = config["trust"]


rule trust:
    message: "Testing the sampler on data that the model generates (half an hour)"
    input:
        code=code("trust"),
    output:
        joint=f"{SELECTION}/trust/joint.csv",
        ranks=f"{SELECTION}/trust/ranks.csv",
        summary=f"{SELECTION}/trust/rank_summary.csv",
    params:
        code=code_fingerprint("trust"),
        priors=config["selection"]["start"],
        rankings="order" if RANKINGS == "order" else "full",  # of `positive` data are no draw
        **TRUST,
    resources: mem_mb=2000
    log: f"{LOGS}/trust.log"
    conda:
        ENVIRONMENT
    script: script_path("trust")
