rule synthetic_applicants:
    message: "Making synthetic applicants of size {params.size}"
    input:
        parameters=of_paper("calibration/parameters.yaml"),
        tracts=of_paper("tracts/tracts.csv"),
        code=code("synthetic_applicants"),
    output:
        applicants=f"{APPLICANTS}/raw/applicants.csv",
        choices=f"{APPLICANTS}/raw/choices.csv",
        schools=f"{APPLICANTS}/raw/schools.csv",
        tracts=f"{APPLICANTS}/raw/tracts.csv",
        enrolments=f"{APPLICANTS}/raw/enrolments.csv",
    params:
        code=code_fingerprint("synthetic_applicants"),
        size=config["district"]["size"],
        seed=config["district"]["seed"],
    log: f"{LOGS}/synthetic_applicants.log"
    conda:
        ENVIRONMENT
    script: script_path("synthetic_applicants")


RAW_FILES = rules.synthetic_applicants.output
