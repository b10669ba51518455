# One rule for each exhibit of the paper's exhibits.yaml that the study can have, named like the exhibit.
from welfare_added.district.files import absent_columns, tables_in
from welfare_added.exhibits.declarations import Study, files_of, read_exhibits

EXHIBITS_SCHEMA = ROOT / "workflow/schemas/exhibits.schema.json"
EXHIBITS = checked(read_exhibits, PAPER_FOLDER / "exhibits.yaml", EXHIBITS_SCHEMA)
STUDY = Study(
    config,
    SYNTHETIC,
    RESTRICTED,
    frozenset(tables_in(SOURCE, LAYOUT)),
    absent_columns(SOURCE, LAYOUT, COLUMNS),
    INTERVALS_DIFFER,
    kept=KEPT,
)
SKIPPED = EXHIBITS.skipped(STUDY)
MADE = EXHIBITS.made(STUDY)
NOTE = EXHIBITS.note(STUDY)
ORIGIN = EXHIBITS.origin(STUDY)
SHEET = {"dpi": config["exhibits"]["dpi"], "most_points": config["exhibits"]["most_points"]}
EXHIBIT_FILES = [
    *files_of([one for one in MADE if not one.on_request], RESULTS),
    f"{RESULTS}/skipped.csv",
]


rule skipped:
    message: "Listing the exhibits that cannot be made from these tables, and why"
    input:
        code=code("skipped"),
    output:
        skipped=f"{RESULTS}/skipped.csv",
    params:
        code=code_fingerprint("skipped"),
        reasons=SKIPPED,
    log: f"{LOGS}/skipped.log"
    conda:
        ENVIRONMENT
    script: script_path("skipped")


for EXHIBIT in MADE:

    rule:
        name: EXHIBIT.name
        message: f"Making {EXHIBIT.label}: {EXHIBIT.title}"
        input:
            **{name: f"{RESULTS}/{table}" for name, table in EXHIBIT.tables(STUDY).items()},
            code=code(*exhibit_code(EXHIBIT)),
        output:
            **EXHIBIT.files(RESULTS),
        params:
            code=code_fingerprint(*exhibit_code(EXHIBIT)),
            paper=PAPER,
            program=f"{EXHIBIT.program}.{EXHIBIT.name}",
            arguments=EXHIBIT.arguments(config),
            note=NOTE if EXHIBIT.of_records(STUDY) else "",
            **SHEET,
        log: f"{LOGS}/{EXHIBIT.name}.log"
        conda:
            ENVIRONMENT
        script: script_path("exhibit")
