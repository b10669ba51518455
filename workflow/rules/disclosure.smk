from welfare_added.disclosure.declarations import published_tables

# Of confidential records: tables pass a gate, and everything published is looked at again.
DECLARATION = ROOT / "workflow/disclosure/tables.yaml"
LIMITS = {"profile": config["disclosure"]["profile"], "minimum": config["disclosure"]["minimum"]}
GATED = published_tables(DECLARATION)
SUMMARY_FILES = [f"{RESULTS}/{table}.csv" for table in GATED if table not in ("constrained", "value_added/scatter_bins")]
GATED_FILES = [*SUMMARY_FILES, f"{RESULTS}/value_added/scatter_bins.csv"] if RESTRICTED else []

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
        benchmark: f"{BENCHMARKS}/populations.tsv"
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
        benchmark: f"{BENCHMARKS}/scatter_bins.tsv"
        conda:
            ENVIRONMENT
        script: script_path("scatter_bins")

    for GATED_TABLE in GATED:
        GATE = "_".join(["publish", *Path(GATED_TABLE).parts])

        rule:
            name: GATE
            message: "Withholding and rounding: {output.table}"
            input:
                table=f"{PRIVATE}/{GATED_TABLE}.csv",
                populations=f"{PRIVATE}/populations.csv",
                declaration=relative(DECLARATION),
                schema=relative(ROOT / "workflow/schemas/disclosure.schema.json"),
                code=code("publish"),
            output:
                table=f"{RESULTS}/{GATED_TABLE}.csv",
                withheld=f"{PRIVATE}/withheld/{GATED_TABLE}.csv",
            params:
                code=code_fingerprint("publish"),
                name=GATED_TABLE,
                **LIMITS,
            log: f"{LOGS}/{GATE}.log"
            benchmark: f"{BENCHMARKS}/{GATE}.tsv"
            conda:
                ENVIRONMENT
            script: script_path("publish")
