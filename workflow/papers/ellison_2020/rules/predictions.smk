# What predicts minority status, and the indices that plans use.
rule regressions:
    message: "Predicting minority status by linear probability models"
    input:
        applicants=f"{APPLICANTS}/applicants.parquet",
        code=code("regressions"),
    output:
        regressions=f"{PRIVATE}/regressions.csv",
    params:
        code=code_fingerprint("regressions"),
        years=PREDICTED,
        high=config["score"]["high"],
        standard_errors=config["regressions"]["standard_errors"],
    log: f"{LOGS}/regressions.log"
    conda:
        ENVIRONMENT
    script: script_path("regressions")


rule lasso:
    message: "Predicting minority status by LASSO"
    input:
        applicants=f"{APPLICANTS}/applicants.parquet",
        studied=f"{APPLICANTS}/studied.parquet",
        tracts=f"{APPLICANTS}/tracts.parquet",
        code=code("lasso"),
    output:
        weights=f"{PRIVATE}/lasso.csv",
        paths=f"{PRIVATE}/lasso/paths.csv",
        checks=f"{PRIVATE}/lasso/checks.csv",
        index=f"{PRIVATE}/lasso/index.parquet",
    params:
        code=code_fingerprint("lasso"),
        years=LASSO_YEARS,
        high=config["score"]["high"],
        folds=config["lasso"]["folds"],
        folds_by=config["lasso"]["folds_by"],
        penalty_rule=config["lasso"]["rule"],
        seed=config["lasso"]["seed"],
    log: f"{LOGS}/lasso.log"
    conda:
        ENVIRONMENT
    script: script_path("lasso")


rule indices:
    message: "Computing indices of disadvantage and local ranks"
    input:
        studied=f"{APPLICANTS}/studied.parquet",
        tracts=f"{APPLICANTS}/tracts.parquet",
        regressions=f"{PRIVATE}/regressions.csv",
        lasso=f"{PRIVATE}/lasso/index.parquet",
        code=code("indices"),
    output:
        indices=f"{PRIVATE}/indices.parquet",
    params:
        code=code_fingerprint("indices"),
        coefficients=config["plans"]["reweighted"],
        year=STUDIED,
        grades=config["plans"]["grades"],
    priority: 1  # most jobs wait for it
    log: f"{LOGS}/indices.log"
    conda:
        ENVIRONMENT
    script: script_path("indices")


rule text_numbers:
    message: "Computing the numbers of the text that no other table holds"
    input:
        applicants=f"{APPLICANTS}/applicants.parquet",
        paths=f"{PRIVATE}/lasso/paths.csv",
        checks=f"{PRIVATE}/lasso/checks.csv",
        **({"enrolments": f"{APPLICANTS}/enrolments.parquet"} if ADDRESSES else {}),
        code=code("text_numbers"),
    output:
        text_numbers=f"{PRIVATE}/text_numbers.csv",
    params:
        code=code_fingerprint("text_numbers"),
    log: f"{LOGS}/text_numbers.log"
    conda:
        ENVIRONMENT
    script: script_path("text_numbers")
