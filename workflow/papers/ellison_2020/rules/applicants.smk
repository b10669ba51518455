from welfare_added.district.files import raw_tables, tables_in

STUDIED = config["years"]["studied"]
ADDRESSES = SYNTHETIC or "enrolments" in tables_in(SOURCE, LAYOUT)


rule applicants:
    message: "Checking the raw tables, and counting applicants who cannot be used"
    input:
        **raw_tables(SOURCE, LAYOUT, made_in=f"{APPLICANTS}/raw"),
        layout=of_paper("raw_tables.yaml"),
        schema=relative(ROOT / "workflow/schemas/raw_tables.schema.json"),
        code=code("applicants"),
    output:
        applicants=f"{APPLICANTS}/applicants.parquet",
        studied=f"{APPLICANTS}/studied.parquet",
        schools=f"{APPLICANTS}/schools.csv",
        tracts=f"{APPLICANTS}/tracts.parquet",
        steps=f"{APPLICANTS}/sample.csv",
        **({"enrolments": f"{APPLICANTS}/enrolments.parquet"} if ADDRESSES else {}),
    params:
        code=code_fingerprint("applicants"),
        columns=COLUMNS,
        year=STUDIED,
        scale={name: config["score"][name] for name in ("lowest", "highest", "steps")},
        seed=config["score"]["seed"],
        minority=config["groups"]["minority"],
        asian=config["groups"]["asian"],
        unusable=config["district"]["unusable"],
    priority: 1  # all other jobs wait for it
    resources: **needs(mb=15)
    log: f"{LOGS}/applicants.log"
    conda:
        ENVIRONMENT
    script: script_path("applicants")
