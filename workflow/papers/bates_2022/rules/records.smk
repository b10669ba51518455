# Students, teachers and schools of the state, from its raw tables.
RECORDS_CHOICES = {name: config["district"][name] for name in ("years", "grades", "lag", "split", "market")}
CHECK_CHOICES = RECORDS_CHOICES


rule records:
    message: "Checking the state's raw tables, and deriving students, teachers and schools"
    input:
        **{name: RAW[name] for name in STATE_TABLES},
        **LAYOUT_FILES,
        code=code("records"),
    output:
        **{name: f"{RECORDS_FOLDER}/{name}.parquet" for name in ("students", "teachers", "traits", "schools")},
        steps=f"{RECORDS_FOLDER}/sample.csv",
    params:
        code=code_fingerprint("records"),
        export=export_of(STATE_TABLES),
        **RECORDS_CHOICES,
    priority: 1  # all other jobs wait for it
    resources: **needs(mb=25)
    log: f"{LOGS}/records.log"
    conda:
        ENVIRONMENT
    script: script_path("records")
