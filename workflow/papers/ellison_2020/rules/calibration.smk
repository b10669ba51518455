# The synthetic applicants beside the published lines; and, on request, the search of their parameters.
CONVENTIONS = {
    "plan": TIERS,
    "high": config["score"]["high"],
    "predicted_years": list(range(PREDICTED[0], PREDICTED[1] + 1)),
    "described": TUNED_AT,
}


rule calibration:
    message: "Comparing the synthetic applicants with the published inputs"
    input:
        inputs=of_paper("calibration/inputs.yaml"),
        parameters=of_paper("calibration/parameters.yaml"),
        tracts=of_paper("tracts/tracts.csv"),
        code=code("calibration"),
    output:
        calibration=f"{RESULTS}/calibration.csv",
    params:
        code=code_fingerprint("calibration"),
        size=config["district"]["size"],
        seed=config["district"]["seed"],
        conventions=CONVENTIONS,
    log: f"{LOGS}/calibration.log"
    conda:
        ENVIRONMENT
    script: script_path("calibration")


# Not part of the default run: `make calibrate` copies its result to the paper's calibration/parameters.yaml.
rule calibrate:
    message: "Searching the synthetic applicants' parameters"
    input:
        start=of_paper("calibration/parameters.yaml"),
        inputs=of_paper("calibration/inputs.yaml"),
        search=of_paper("calibration/search.yaml"),
        tracts=of_paper("tracts/tracts.csv"),
        code=code("calibrate"),
    output:
        parameters=f"{RESULTS}/calibrate/parameters.yaml",
    params:
        code=code_fingerprint("calibrate"),
        seed=config["district"]["seed"],
        conventions=CONVENTIONS,
    log: f"{LOGS}/calibrate.log"
    conda:
        ENVIRONMENT
    script: script_path("calibrate")
