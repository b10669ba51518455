# How far results depend on the applicants of one year.
rule bootstrap:
    message: "Resampling applicants {params.draws} times"
    input:
        **SETTING,
        tracts=f"{APPLICANTS}/tracts.parquet",
        code=code("bootstrap"),
    output:
        bootstrap=f"{PRIVATE}/bootstrap.csv",
    params:
        code=code_fingerprint("bootstrap"),
        tuned_at=TUNED_AT,
        tiers=TIERS,
        targets=config["plans"]["targets"],
        year=STUDIED,
        grades=config["plans"]["grades"],
        steps=config["score"]["steps"],
        draws=config["bootstrap"]["draws"],
        by=config["bootstrap"]["by"],
        seed=config["bootstrap"]["seed"],
    threads: 2  # results do not depend on it
    log: f"{LOGS}/bootstrap.log"
    conda:
        ENVIRONMENT
    script: script_path("bootstrap")


if SYNTHETIC:

    rule monte_carlo:
        message: "Repeating the study with {params.pools} fresh pools"
        input:
            parameters=of_paper("calibration/parameters.yaml"),
            tracts=of_paper("tracts/tracts.csv"),
            **LAYOUT_FILES,
            code=code("monte_carlo"),
        output:
            spread=f"{PRIVATE}/monte_carlo.csv",
        params:
            code=code_fingerprint("monte_carlo"),
            study={
                "size": config["district"]["size"],
                "applicants": {
                    name: STUDY_CHOICES[name] for name in ("scale", "minority", "asian", "unusable")
                },
                "lasso": {
                    "folds": config["lasso"]["folds"],
                    "folds_by": config["lasso"]["folds_by"],
                    "penalty_rule": config["lasso"]["rule"],
                },
                "studied": STUDIED,
                "predicted": PREDICTED,
                "lasso_years": LASSO_YEARS,
                "coefficients": config["plans"]["reweighted"],
                "high": config["score"]["high"],
                "grades": config["plans"]["grades"],
                "tiers": TIERS,
                "targets": config["plans"]["targets"],
            },
            tuned_at=TUNED_AT,
            pools=config["monte_carlo"]["pools"],
            seed=config["monte_carlo"]["seed"],
        threads: 2  # results do not depend on it
        log: f"{LOGS}/monte_carlo.log"
        conda:
            ENVIRONMENT
        script: script_path("monte_carlo")
