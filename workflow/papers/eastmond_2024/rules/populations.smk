# Of confidential records: whom the published numbers rest on, and bins of teachers where none may be shown.
POPULATION_FILES = [f"{PRIVATE}/populations.csv"] if RESTRICTED else []

if RESTRICTED:
    rule populations:
        message: "Counting whom the published numbers rest on"
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
        message: "Putting teachers into bins, none of which is one of them"
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
