# The synthetic state and platform beside the numbers that the paper prints of its own.
rule calibration:
    message: "Comparing the synthetic state and platform with the published inputs"
    input:
        inputs=of_paper("calibration/inputs.yaml"),
        parameters=of_paper("calibration/parameters.yaml"),
        **{name: f"{PRIVATE}/platform/{name}.csv" for name in ("timing", "posting_months", "outcomes", "outcome_days", "stock_flow", "class_size_bins", "text_numbers")},
        **{name: f"{PRIVATE}/platform/{name}.parquet" for name in ("applicants", "positions")},
        **{name: f"{RECORDS_FOLDER}/{name}.parquet" for name in ("teachers", "schools")},
        true_sample=f"{PRIVATE}/platform/true/sample.csv",
        true_applicants=f"{TRUTH}/applicants.parquet",
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
