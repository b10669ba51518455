# One page of everything that a study publishes, and one PDF of its exhibits.
from welfare_added.claims.compare import choices_of
from welfare_added.report.front import read_front, used_by
from welfare_added.report.parts import PARTS, explorer_parts

PUBLISHED = sorted({*EXHIBIT_FILES, *CLAIM_FILES, *GATED_FILES})
STUDY_FILES = [RESULT_FILES, PUBLISHED]
REPORT_FILES = [f"{RESULTS}/report/index.html", f"{RESULTS}/report/exhibits.pdf"]
DESCRIBED = [
    {
        **{"name": one.name, "label": one.label, "category": one.category},
        **{"subject": "" if one.ours else one.title, "shows": one.shows},
        "caption": one.described(config),
        "note": NOTE if one.of_records(STUDY) else "",
    }
    for one in MADE
    if not one.on_request
]
CALIBRATED = [f"{RESULTS}/calibration.csv"] if f"{RESULTS}/calibration.csv" in RESULT_FILES else []

PAGE_PARTS = [*PARTS, *(explorer_parts(PAPER).values() if EXPLORER else ())]
# The module that computes the numbers of the paper's explorer; the script loads it by name.
EXPLORER_CODE = [SOURCE_FOLDER / f"welfare_added/report/{PAPER}/explorer.py"] if EXPLORER else []
# Title, authors and findings of the paper.
FRONT = checked(
    read_front,
    PAPER_FOLDER / "page.yaml",
    ROOT / "workflow/schemas/page.schema.json",
    PAPER_FOLDER / "claims.yaml",
    ROOT / "workflow/schemas/claims.schema.json",
)
FOUND_IN = used_by(FRONT, "table")


rule report:
    message: "Writing the report, one page of claims and exhibits: {output.page}"
    input:
        **EXPLORER,
        skipped=f"{RESULTS}/skipped.csv",
        claims=CLAIM_FILES[:1],
        calibration=CALIBRATED,
        published=PUBLISHED,
        found_in=[f"{RESULTS}/{table}" for table in FOUND_IN],
        parts=[relative(SOURCE_FOLDER / f"welfare_added/report/{part}") for part in PAGE_PARTS],
        code=code("report", *EXPLORER_CODE),
    output:
        page=REPORT_FILES[0],
        exhibits=REPORT_FILES[1],
    params:
        code=code_fingerprint("report", *EXPLORER_CODE),
        exhibits=DESCRIBED,
        head={
            **{key: FRONT[key] for key in ("title", "authors", "edition")},
            "district": config["district"]["name"] or "",
            "stamp": ORIGIN if SYNTHETIC else f"{ORIGIN} {NOTE}",
            # Of confidential records the audit stays with the records.
            "run": "" if RESTRICTED else "../audit/run.js",
        },
        findings=FRONT["findings"],
        found_in=FOUND_IN,
        choices=checked(choices_of, used_by(FRONT, "config"), config),
        paper=PAPER,
        explorer=list(EXPLORER),
        explorer_choices=EXPLORER_CHOICES,
        no_explorer=NO_EXPLORER,
        root=relative(ROOT),
        study=config["study"],
        restricted=RESTRICTED,
        tables=list(LAYOUT.tables),
    log: f"{LOGS}/report.log"
    conda:
        ENVIRONMENT
    script: script_path("report")
