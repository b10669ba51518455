# What the moments of other districts of the same law depend on.
CALIBRATION_CHOICES = {
    **{name: config["district"][name] for name in ("years", "grades", "split", "class_size", "lower")},
    "estimation": estimation(config["value_added"]),
}
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
        kept=of_paper("calibration/seeds.csv"),
        origin=of_paper("calibration/seeds.yaml"),
        parameters=of_paper("calibration/parameters.yaml"),
        code=code("calibration"),
    output:
        f"{RESULTS}/calibration.csv",
    params:
        code=code_fingerprint("calibration"),
        choices={"calibration": config["calibration"], **CALIBRATION_CHOICES},
    log:
        f"{LOGS}/calibration.log",
    conda:
        ENVIRONMENT
    script:
        script_path("calibration")
