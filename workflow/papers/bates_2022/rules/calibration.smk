# The synthetic state and platform beside the numbers that the paper prints of its own.
rule calibration:
    message: "Comparing the synthetic state and platform with the published inputs"
    input:
        inputs=of_paper("calibration/inputs.yaml"),
        parameters=of_paper("calibration/parameters.yaml"),
        **{name: f"{PRIVATE}/platform/{name}.csv" for name in ("timing", "posting_months", "outcomes", "outcome_days", "stock_flow", "class_size_bins", "text_numbers")},
        **{name: f"{PRIVATE}/platform/{name}.parquet" for name in ("applicants", "positions")},
        **{name: f"{RECORDS_FOLDER}/{name}.parquet" for name in ("teachers", "schools")},
        true_teachers=f"{TRUTH}/teachers.parquet",
        true_preferences=f"{TRUTH}/teachers_preferences.csv",
        code=code("calibration"),
    output:
        calibration=f"{RESULTS}/calibration.csv",
    params:
        code=code_fingerprint("calibration"),
        studied=config["market"]["cycle"],
    log: f"{LOGS}/calibration.log"
    conda:
        ENVIRONMENT
    script: script_path("calibration")


# Not part of the default run: `make calibrate PAPER=bates_2022` copies its result to calibration/parameters.yaml.
rule calibrate:
    message: "Searching the synthetic platform's parameters"
    input:
        start=of_paper("calibration/parameters.yaml"),
        inputs=of_paper("calibration/inputs.yaml"),
        search=of_paper("calibration/search.yaml"),
        forecasts=f"{PRIVATE}/value_added/forecasts.parquet",
        **{name: f"{RECORDS_FOLDER}/{name}.parquet" for name in ("schools", "teachers", "traits")},
        code=code("calibrate"),
    output:
        parameters=f"{RESULTS}/calibrate/parameters.yaml",
    params:
        code=code_fingerprint("calibrate"),
        season={
            "seed": config["district"]["seed"],
            "cycles": config["platform"]["cycles"],
            "studied": config["market"]["cycle"],
            "commute": COMMUTE,
        },
        platform=PLATFORM_CHOICES,
        outside=config["platform"]["outside_errors"],
    resources: mem_mb=4000
    log: f"{LOGS}/calibrate.log"
    conda:
        ENVIRONMENT
    script: script_path("calibrate")
