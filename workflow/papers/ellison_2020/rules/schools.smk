# Classes of all schools, the displaced, and what other rules could do.
rule schools:
    message: "Tabulating scores of every class, and who is displaced by the tier plan"
    input:
        studied=f"{APPLICANTS}/studied.parquet",
        schools=f"{APPLICANTS}/schools.csv",
        tracts=f"{APPLICANTS}/tracts.parquet",
        assignments=f"{PRIVATE}/assignments.parquet",
        code=code("schools"),
    output:
        histograms=f"{PRIVATE}/schools/histograms.csv",
        by_decile=f"{PRIVATE}/schools/displaced.csv",
        by_tract=f"{PRIVATE}/schools/displaced_by_tract.csv",
    params:
        code=code_fingerprint("schools"),
        tuned_at=TUNED_AT,
        year=STUDIED,
        benchmark_at=config["plans"]["benchmark_at"],
    log: f"{LOGS}/schools.log"
    conda:
        ENVIRONMENT
    script: script_path("schools")


rule frontiers:
    message: "Finding every class of every weight"
    input:
        **SETTING,
        code=code("frontiers"),
    output:
        frontiers=f"{PRIVATE}/frontiers.parquet",
        best=f"{PRIVATE}/frontiers.csv",
    params:
        code=code_fingerprint("frontiers"),
        tuned_at=TUNED_AT,
        tiers=TIERS,
        largest=config["frontiers"]["largest"],
    log: f"{LOGS}/frontiers.log"
    conda:
        ENVIRONMENT
    script: script_path("frontiers")


rule levers:
    message: "Moving one choice of the plan in force at a time"
    input:
        **SETTING,
        tracts=f"{APPLICANTS}/tracts.parquet",
        code=code("levers"),
    output:
        levers=f"{PRIVATE}/levers.csv",
    params:
        code=code_fingerprint("levers"),
        tuned_at=TUNED_AT,
        tiers=TIERS,
        year=STUDIED,
        levers=config["levers"],
    log: f"{LOGS}/levers.log"
    conda:
        ENVIRONMENT
    script: script_path("levers")


rule best_rules:
    message: "Finding the best rules by census tract"
    input:
        **SETTING,
        applicants=f"{APPLICANTS}/applicants.parquet",
        code=code("best_rules"),
    output:
        best_rules=f"{PRIVATE}/best_rules.csv",
    params:
        code=code_fingerprint("best_rules"),
        tuned_at=TUNED_AT,
        tiers=TIERS,
        targets=config["plans"]["targets"],
        years=PREDICTED,
        high=config["score"]["high"],
    log: f"{LOGS}/best_rules.log"
    conda:
        ENVIRONMENT
    script: script_path("best_rules")
