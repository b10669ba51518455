from welfare_added.district.files import raw_tables


rule partition:
    message: "Splitting the tables by column {params.column}, one folder per district: {params.folder}"
    input:
        **raw_tables(STATE, LAYOUT, made_in=STATE),
        code=code("partition"),
    output:
        parts=f"{PARTS_FOLDER}.csv",
    params:
        code=code_fingerprint("partition"),
        column=PARTITION,
        folder=PARTS_FOLDER,
        tables=list(LAYOUT.tables),
        columns=COLUMNS,
    resources: **needs(mb=1, minutes=0.1)
    log: f"{LOGS}/partition.log"
    conda:
        ENVIRONMENT
    script: script_path("partition")
