# Not part of the default run: `make calibrate` searches, `make seeds` shows what other districts achieve; both copy their
# results to the paper's folder calibration/, which is committed.
DISTRICT_NUMBERS = [f"{number:02d}" for number in range(1, config["calibration"]["shown"] + 1)]


rule calibrate:
    message:
        "Searching the synthetic district's parameters (some half hour)"
    input:
        start=of_paper("calibration/parameters.yaml"),
        targets=of_paper("calibration/inputs.yaml"),
        code=code("calibrate"),
    output:
        parameters=f"{RESULTS}/calibrate/parameters.yaml",
        steps=f"{RESULTS}/calibrate/steps.csv",
    params:
        code=code_fingerprint("calibrate"),
        search_on=config["calibration"],
        **CALIBRATION_CHOICES,
    log:
        f"{LOGS}/calibrate.log",
    conda:
        ENVIRONMENT
    script:
        script_path("calibrate")


rule calibration_district:
    message:
        "Moments of district {wildcards.number} with the same parameters"
    input:
        parameters=of_paper("calibration/parameters.yaml"),
        targets=of_paper("calibration/inputs.yaml"),
        code=code("calibration_district"),
    output:
        f"{RESULTS}/calibrate/districts/{{number}}.csv",
    params:
        code=code_fingerprint("calibration_district"),
        search_on=config["calibration"],
        **CALIBRATION_CHOICES,
    wildcard_constraints:
        number="[0-9]+",
    log:
        f"{LOGS}/calibrate_district_{{number}}.log",
    conda:
        ENVIRONMENT
    script:
        script_path("calibration_district")


rule calibration_districts:
    message:
        "Gathering the moments of {params.choices[calibration][shown]} districts"
    input:
        parts=expand(f"{RESULTS}/calibrate/districts/{{number}}.csv", number=DISTRICT_NUMBERS),
        parameters=of_paper("calibration/parameters.yaml"),
        code=code("calibration_districts"),
    output:
        table=f"{RESULTS}/calibrate/seeds.csv",
        origin=f"{RESULTS}/calibrate/seeds.yaml",
    params:
        code=code_fingerprint("calibration_districts"),
        choices={"calibration": config["calibration"], **CALIBRATION_CHOICES},
    log:
        f"{LOGS}/calibrate_districts.log",
    conda:
        ENVIRONMENT
    script:
        script_path("calibration_districts")
