# For confidential records: the persons behind published numbers.
POPULATION_FILES = []

if RESTRICTED:

    rule populations:
        message: "Counting the teachers and students behind published numbers"
        input:
            **READS_TABLES,
            facts=rules.transfer_system.output.facts,
            code=code("populations"),
        output:
            populations=f"{PRIVATE}/populations.csv",
        params:
            code=code_fingerprint("populations"),
            **TABLE_CHOICES,
            rankings=RANKINGS,
        log: f"{LOGS}/populations.log"
        conda:
            ENVIRONMENT
        script: script_path("populations")

    POPULATION_FILES = rules.populations.output
