# For confidential records: the populations behind published numbers, and bins in place of single teachers.
POPULATION_FILES = [f"{PRIVATE}/populations.csv"] if RESTRICTED else []

if RESTRICTED:
    rule populations:
        message: "Counting the students, teachers and schools behind published numbers"
        input:
            students=f"{PRIVATE}/district/students.parquet",
            slots=f"{PRIVATE}/allocation/slots.parquet",
            outcomes=f"{PRIVATE}/district/outcomes.parquet",
            code=code("populations"),
        output:
            populations=f"{PRIVATE}/populations.csv",
        params:
            code=code_fingerprint("populations"),
            deselected_share=config["welfare"]["deselected_share"],
        resources: **needs(mb=50)
        log: f"{LOGS}/populations.log"
        conda:
            ENVIRONMENT
        script: script_path("populations")

    rule scatter_bins:
        message: "Binning teachers, so that no mark is a single teacher"
        input:
            value_added=f"{PRIVATE}/value_added.parquet",
            code=code("scatter_bins"),
        output:
            bins=f"{PRIVATE}/value_added/scatter_bins.csv",
        params:
            code=code_fingerprint("scatter_bins"),
            **LIMITS,
        log: f"{LOGS}/scatter_bins.log"
        conda:
            ENVIRONMENT
        script: script_path("scatter_bins")
