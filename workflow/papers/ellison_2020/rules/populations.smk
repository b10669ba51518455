# For confidential records: the populations behind published numbers, and frontiers of classes far apart.
POPULATION_FILES = [f"{PRIVATE}/populations.csv", f"{PRIVATE}/frontiers_coarse.csv"] if RESTRICTED else []

if RESTRICTED:
    rule populations:
        message: "Counting the applicants behind published numbers"
        input:
            applicants=f"{APPLICANTS}/applicants.parquet",
            classes=f"{PRIVATE}/classes.csv",
            **({"moves": f"{PRIVATE}/moves/counts.csv"} if ADDRESSES else {}),
            code=code("populations"),
        output:
            populations=f"{PRIVATE}/populations.csv",
        params:
            code=code_fingerprint("populations"),
            studied=STUDIED,
            predicted=PREDICTED,
            lasso=LASSO_YEARS,
            high=config["score"]["high"],
        log: f"{LOGS}/populations.log"
        conda:
            ENVIRONMENT
        script: script_path("populations")

    rule coarse_frontiers:
        message: "Leaving out of the frontiers the classes that differ by few students"
        input:
            frontiers=f"{PRIVATE}/frontiers.csv",
            code=code("coarse_frontiers"),
        output:
            frontiers=f"{PRIVATE}/frontiers_coarse.csv",
        params:
            code=code_fingerprint("coarse_frontiers"),
            **LIMITS,
        log: f"{LOGS}/coarse_frontiers.log"
        conda:
            ENVIRONMENT
        script: script_path("coarse_frontiers")
