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


if SYNTHETIC:

    # Nor this: what both likelihoods of lists make of other planted tastes, some eight minutes of one core.
    rule planted_lists:
        message: "Estimating schools' utility from lists with other planted tastes (eight minutes)"
        input:
            **LAYOUT_FILES,
            inputs=of_paper("calibration/inputs.yaml"),
            parameters=of_paper("calibration/parameters.yaml"),
            code=code("planted_lists"),
        output:
            lists=f"{SELECTION}/trust/planted_lists.csv",
        params:
            code=code_fingerprint("planted_lists"),
            planted={name: config["planted_lists"][name] for name in ("parameter", "values")},
            system={"size": config["district"]["size"], "scenario": config["district"]["world"], "seed": config["district"]["seed"]},
            rankings=["full", "positive"],
            chains=LENGTHS["planted_lists"]["chains"],
            schedule=plain_schedule(LENGTHS["planted_lists"]),
            sampler=SAMPLER,
            least=config["selection"]["least_effective"],
            **TABLE_CHOICES,
        resources: mem_mb=2000
        log: f"{LOGS}/planted_lists.log"
        conda:
            ENVIRONMENT
        script: script_path("planted_lists")
