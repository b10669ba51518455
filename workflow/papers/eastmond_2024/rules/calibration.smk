# Only the synthetic district of the published size is calibrated, unless it is treated as confidential.
CALIBRATION_FILES = []
if SYNTHETIC and config["district"]["size"] == "full" and not RESTRICTED:
    CALIBRATION_FILES = [f"{RESULTS}/calibration.csv"]


rule calibration:
    message:
        "Comparing the district with the paper's published inputs"
    input:
        moments=f"{RESULTS}/moments.csv",
        targets=of_paper("calibration/inputs.yaml"),
        code=code("calibration"),
    output:
        f"{RESULTS}/calibration.csv",
    params:
        code=code_fingerprint("calibration"),
    log:
        f"{LOGS}/calibration.log",
    conda:
        ENVIRONMENT
    script:
        script_path("calibration")
