# One page of everything that a study publishes.
from welfare_added.report.parts import PARTS, explorer_parts

PUBLISHED = sorted({*EXHIBIT_FILES, *CLAIM_FILES, *GATED_FILES})
STUDY_FILES = [RESULT_FILES, PUBLISHED]
REPORT = f"{RESULTS}/report/index.html"
SHOWN = [one for one in MADE if not one.on_request]
CALIBRATED = [f"{RESULTS}/calibration.csv"] if f"{RESULTS}/calibration.csv" in RESULT_FILES else []

PAGE_PARTS = [*PARTS, *(explorer_parts(PAPER).values() if EXPLORER else ())]
# The module that computes the numbers of the paper's explorer; the script loads it by name.
EXPLORER_CODE = [SOURCE_FOLDER / f"welfare_added/report/{PAPER}/explorer.py"] if EXPLORER else []


rule report:
    message: "Writing the report, one page of claims and exhibits: {output.page}"
    input:
        **EXPLORER,
        skipped=f"{RESULTS}/skipped.csv",
        claims=CLAIM_FILES[:1],
        calibration=CALIBRATED,
        published=PUBLISHED,
        parts=[relative(SOURCE_FOLDER / f"welfare_added/report/{part}") for part in PAGE_PARTS],
        code=code("report", *EXPLORER_CODE),
    output:
        page=REPORT,
    params:
        code=code_fingerprint("report", *EXPLORER_CODE),
        exhibits=[[one.name, one.label, one.category, one.described(config)] for one in SHOWN],
        paper=PAPER,
        explorer=list(EXPLORER),
        explorer_choices=EXPLORER_CHOICES,
        no_explorer=NO_EXPLORER,
        root=relative(ROOT),
        study=config["study"],
        note=NOTE,
        stamp=ORIGIN if SYNTHETIC else f"{ORIGIN} {NOTE}",
        restricted=RESTRICTED,
        tables=list(LAYOUT.tables),
    log: f"{LOGS}/report.log"
    conda:
        ENVIRONMENT
    script: script_path("report")
