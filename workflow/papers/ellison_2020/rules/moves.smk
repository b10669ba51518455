# Whether applicants move for the tier; needs addresses before and after the application.
rule moves:
    message: "Comparing tiers of applications with tiers of addresses"
    input:
        applicants=f"{APPLICANTS}/applicants.parquet",
        schools=f"{APPLICANTS}/schools.csv",
        tracts=f"{APPLICANTS}/tracts.parquet",
        enrolments=f"{APPLICANTS}/enrolments.parquet",
        code=code("moves"),
    output:
        shares=f"{PRIVATE}/moves.csv",
        parts=f"{PRIVATE}/moves/parts.csv",
        counts=f"{PRIVATE}/moves/counts.csv",
        rates=f"{PRIVATE}/moves/rates.csv",
    params:
        code=code_fingerprint("moves"),
        cohorts=config["years"]["cohorts"],
        listed=TUNED_AT,
        plan=TIERS,
        lists=config["moves"]["lists"],
        same_tier_grades=config["moves"]["same_tier_grades"],
        tiers_of_application_year=config["moves"]["tiers_of_application_year"],
    log: f"{LOGS}/moves.log"
    conda:
        ENVIRONMENT
    script: script_path("moves")
