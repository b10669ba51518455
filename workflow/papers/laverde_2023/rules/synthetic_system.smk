# The synthetic transfer system, its truth apart, and its facts beside the published ones.
TRUE_TABLES = ("parameters", "teachers", "schools", "years", "matches")


rule synthetic_system:
    message: "Making a synthetic transfer system"
    input:
        inputs=of_paper("calibration/inputs.yaml"),
        parameters=of_paper("calibration/parameters.yaml"),
        code=code("synthetic_system"),
    output:
        **{name: f"{RAW_FOLDER}/{name}.csv" for name in LAYOUT.tables},
        **{f"true_{name}": f"{TRUTH}/{name}.parquet" for name in TRUE_TABLES},
    params:
        code=code_fingerprint("synthetic_system"),
        size=config["district"]["size"],
        scenario=config["district"]["world"],
        seed=config["district"]["seed"],
    priority: 3  # all other jobs wait for it
    resources: mem_mb=2000
    log: f"{LOGS}/synthetic_system.log"
    conda:
        ENVIRONMENT
    script: script_path("synthetic_system")


rule calibration:
    message: "Comparing the synthetic transfer system with the published inputs"
    input:
        inputs=of_paper("calibration/inputs.yaml"),
        facts=rules.transfer_system.output.facts,
        code=code("calibration"),
    output:
        calibration=f"{RESULTS}/calibration.csv",
    params:
        code=code_fingerprint("calibration"),
    log: f"{LOGS}/calibration.log"
    conda:
        ENVIRONMENT
    script: script_path("calibration")
