STAR = f"results/{config['star']['study']}"
STAR_RAW = config["star"]["district"]["source"]


rule star_tables:
    message:
        "Converting Project STAR to the raw tables of a district"
    input:
        code=code("star_tables"),
    output:
        enrolments=f"{STAR_RAW}/enrolments.csv",
        classes=f"{STAR_RAW}/classes.csv",
        teachers=f"{STAR_RAW}/teachers.csv",
    params:
        code=code_fingerprint("star_tables"),
    log:
        f"{STAR}/logs/star_tables.log",
    conda:
        ENVIRONMENT
    script:
        script_path("star_tables")


rule star:
    message:
        "All results of Project STAR are in {STAR}"
    input:
        rules.star_done.input,
