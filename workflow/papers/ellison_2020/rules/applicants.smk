from welfare_added.district.files import raw_tables, tables_in

STUDIED = config["years"]["studied"]
PREDICTED = config["years"]["predicted"]
LASSO_YEARS = PREDICTED if config["lasso"]["years"] == "predicted" else [STUDIED, STUDIED]
ADDRESSES = SYNTHETIC or "enrolments" in tables_in(SOURCE, LAYOUT)
# Whom to study, and how scores and groups are read.
STUDY_CHOICES = {
    "scale": {name: config["score"][name] for name in ("lowest", "highest", "steps")},
    "seed": config["score"]["seed"],
    "minority": config["groups"]["minority"],
    "asian": config["groups"]["asian"],
    "unusable": config["district"]["unusable"],
    # Choices that name something of the records, to be checked against these.
    "named": {
        "studied": STUDIED,
        "predicted": PREDICTED,
        "lasso": LASSO_YEARS,
        "cohorts": config["years"]["cohorts"],
        "high": config["score"]["high"],
        "folds": config["lasso"]["folds"],
        "tiers": config["plan_in_force"]["tiers"],
        "tuned_at": config["plans"]["tuned_at"],
        "targets": list(config["plans"]["targets"]),
        "benchmark_at": config["plans"]["benchmark_at"],
        "vintages": config["levers"]["vintage"],
        "tiers_of_application_year": config["moves"]["tiers_of_application_year"],
    },
}
CHECK_CHOICES = STUDY_CHOICES


rule applicants:
    message: "Checking the raw tables, and counting applicants who cannot be used"
    input:
        **raw_tables(SOURCE, LAYOUT, made_in=RAW_FOLDER),
        **LAYOUT_FILES,
        code=code("applicants"),
    output:
        applicants=f"{APPLICANTS}/applicants.parquet",
        studied=f"{APPLICANTS}/studied.parquet",
        schools=f"{APPLICANTS}/schools.csv",
        tracts=f"{APPLICANTS}/tracts.parquet",
        steps=f"{APPLICANTS}/sample.csv",
        **({"enrolments": f"{APPLICANTS}/enrolments.parquet"} if ADDRESSES else {}),
    params:
        code=code_fingerprint("applicants"),
        export=EXPORT,
        year=STUDIED,
        **STUDY_CHOICES,
    priority: 1  # all other jobs wait for it
    resources: **needs(mb=15)
    log: f"{LOGS}/applicants.log"
    conda:
        ENVIRONMENT
    script: script_path("applicants")
