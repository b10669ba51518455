# The synthetic state: made before value added is estimated, since preferences are over forecasts of it.
rule synthetic_state:
    message: "Making a synthetic state of size {params.size}"
    input:
        parameters=of_paper("calibration/parameters.yaml"),
        code=code("synthetic_state"),
    output:
        **{name: f"{RAW_FOLDER}/{name}.csv" for name in STATE_TABLES},
        true_teachers=f"{TRUTH}/teachers.parquet",
        true_schools=f"{TRUTH}/schools.parquet",
    params:
        code=code_fingerprint("synthetic_state"),
        size=config["district"]["size"],
        seed=config["district"]["seed"],
        years=config["district"]["years"],
    resources: mem_mb=3000
    log: f"{LOGS}/synthetic_state.log"
    conda:
        ENVIRONMENT
    script: script_path("synthetic_state")
