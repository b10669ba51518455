from welfare_added.district.files import raw_tables


rule district:
    message:
        "Checking the raw tables and deriving the analysis sample"
    input:
        [config["partition"]] if config["partition"] else [],
        **raw_tables(SOURCE, LAYOUT, made_in=RAW_FOLDER),
        **LAYOUT_FILES,
        code=code("district"),
    output:
        students=f"{PRIVATE}/district/students.parquet",
        classes=f"{PRIVATE}/district/classes.parquet",
        steps=f"{PRIVATE}/district/sample.csv",
        outcomes=f"{PRIVATE}/district/outcomes.parquet",
    params:
        code=code_fingerprint("district"),
        export=EXPORT,
        confirmed=config["district"]["confirmed"],
        years=config["district"]["years"],
        grades=config["district"]["grades"],
        split=config["district"]["split"],
        lower=config["district"]["lower"],
        class_size=config["district"]["class_size"],
        lag=config["district"]["lag"],
    resources:
        **needs(mb=15),
    log:
        f"{LOGS}/district.log",
    conda:
        ENVIRONMENT
    script:
        script_path("district")
