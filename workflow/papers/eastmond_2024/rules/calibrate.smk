# Not part of the default run: `make calibrate` copies its result to the paper's calibration/parameters.yaml,
# which is committed.
rule calibrate:
    message:
        "Searching the synthetic district's parameters (several minutes)"
    input:
        start=of_paper("calibration/parameters.yaml"),
        targets=of_paper("calibration/inputs.yaml"),
        code=code("calibrate"),
    output:
        parameters=f"{RESULTS}/calibrate/parameters.yaml",
        steps=f"{RESULTS}/calibrate/steps.csv",
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
    conda:
        ENVIRONMENT
    script:
        script_path("calibrate")
