# For confidential records: the populations behind published numbers, and coarser tables in place of exact ones.
POPULATION_FILES = []

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

    rule coarse:
        message: "Putting together what would be small cells"
        input:
            frontiers=f"{PRIVATE}/frontiers.csv",
            classes=f"{PRIVATE}/classes.csv",
            histograms=f"{PRIVATE}/schools/histograms.csv",
            displaced=f"{PRIVATE}/schools/displaced.csv",
            code=code("coarse"),
        output:
            frontiers=f"{PRIVATE}/frontiers_coarse.csv",
            histograms=f"{PRIVATE}/schools/histograms_coarse.csv",
            displaced=f"{PRIVATE}/schools/displaced_coarse.csv",
        params:
            code=code_fingerprint("coarse"),
            **LIMITS,
        log: f"{LOGS}/coarse.log"
        conda:
            ENVIRONMENT
        script: script_path("coarse")

    POPULATION_FILES = [*rules.populations.output, *rules.coarse.output]
