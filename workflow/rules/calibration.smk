rule calibration:
    message:
        "Setting the district beside what the paper says of it"
    input:
        moments=f"{RESULTS}/moments.csv",
        targets=f"{CALIBRATION}/eastmond_2024_inputs.yaml",
        code=code("calibration"),
    output:
        "results/calibration.csv",
    params:
        code=code_fingerprint("calibration"),
    log:
        f"{LOGS}/calibration.log",
    benchmark:
        f"{BENCHMARKS}/calibration.tsv"
    conda:
        ENVIRONMENT
    script:
        script_path("calibration")


CALIBRATION_FILES = [] if "figure_calibration" in SKIPPED else rules.calibration.output


# Not part of the default run: its result is committed as workflow/calibration/parameters.yaml,
# where `make calibrate` copies it.
rule calibrate:
    message:
        "Searching the synthetic district's parameters (several minutes)"
    input:
        start=f"{CALIBRATION}/parameters.yaml",
        targets=f"{CALIBRATION}/eastmond_2024_inputs.yaml",
        code=code("calibrate"),
    output:
        parameters="results/calibrate/parameters.yaml",
        steps="results/calibrate/steps.csv",
    params:
        code=code_fingerprint("calibrate"),
        seed=config["district"]["seed"],
        years=config["district"]["years"],
        grades=config["district"]["grades"],
        split=config["district"]["split"],
        class_size=config["district"]["class_size"],
        estimation={name: value for name, value in CHOICES.items() if name != "batch"},
    log:
        f"{LOGS}/calibrate.log",
    benchmark:
        f"{BENCHMARKS}/calibrate.tsv"
    conda:
        ENVIRONMENT
    script:
        script_path("calibrate")
