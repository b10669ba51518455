# For confidential records: the persons behind published numbers.
POPULATION_FILES = []

if RESTRICTED:

    rule populations:
        message: "Counting the teachers and applicants behind published numbers"
        input:
            **of_platform("", "applicants", "positions"),
            **DISTRICT,
            market_teachers=MARKET["market_teachers"],
            fit=rules.market_fit.output.fit,
            code=code("populations"),
        output:
            populations=f"{PRIVATE}/populations.csv",
        params:
            code=code_fingerprint("populations"),
            year=config["market"]["cycle"],
        log: f"{LOGS}/populations.log"
        conda:
            ENVIRONMENT
        script: script_path("populations")

    POPULATION_FILES = rules.populations.output
