rule synthetic_district:
    message:
        "Making a synthetic district of size {params.size}"
    input:
        parameters=of_paper("calibration/parameters.yaml"),
        code=code("synthetic_district"),
    output:
        enrolments=f"{PRIVATE}/district/raw/enrolments.csv",
        classes=f"{PRIVATE}/district/raw/classes.csv",
        teachers=f"{PRIVATE}/district/raw/teachers.csv",
        outcomes=f"{PRIVATE}/district/raw/outcomes.csv",
        truth=f"{PRIVATE}/truth/value_added.parquet",
    params:
        code=code_fingerprint("synthetic_district"),
        size=config["district"]["size"],
        seed=config["district"]["seed"],
        years=config["district"]["years"],
        grades=config["district"]["grades"],
        lower=config["district"]["lower"],
    log:
        f"{LOGS}/synthetic_district.log",
    conda:
        ENVIRONMENT
    script:
        script_path("synthetic_district")


RAW_FILES = rules.synthetic_district.output
