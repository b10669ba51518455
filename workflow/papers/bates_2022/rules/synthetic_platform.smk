# The synthetic hiring platform, from the state's records and forecasts of value added; truth apart.
rule synthetic_platform:
    message: "Making a synthetic hiring platform"
    input:
        parameters=of_paper("calibration/parameters.yaml"),
        forecasts=f"{PRIVATE}/value_added/forecasts.parquet",
        **{name: f"{RECORDS_FOLDER}/{name}.parquet" for name in ("schools", "teachers", "traits")},
        code=code("synthetic_platform"),
    output:
        **{name: f"{RAW_FOLDER}/{name}.csv" for name in PLATFORM_TABLES},
        true_applicants=f"{TRUTH}/applicants.parquet",
        true_positions=f"{TRUTH}/positions.parquet",
        true_teachers_preferences=f"{TRUTH}/teachers_preferences.csv",
        true_principals_preferences=f"{TRUTH}/principals_preferences.csv",
    params:
        code=code_fingerprint("synthetic_platform"),
        size=config["district"]["size"],
        seed=config["district"]["seed"],
        cycles=config["platform"]["cycles"],
        studied=config["market"]["cycle"],
        outside=config["platform"]["outside_errors"],
        commute=COMMUTE,
    resources: mem_mb=3000
    log: f"{LOGS}/synthetic_platform.log"
    conda:
        ENVIRONMENT
    script: script_path("synthetic_platform")
