# One page of everything that a study publishes.
from welfare_added.report.page import PARTS

PUBLISHED = sorted({*EXHIBIT_FILES, *CLAIM_FILES, *GATED_FILES})
STUDY_FILES = [RESULT_FILES, PUBLISHED]
REPORT = f"{RESULTS}/report/index.html"
SHOWN = [one for one in MADE if not one.on_request]
CALIBRATED = [f"{RESULTS}/calibration.csv"] if f"{RESULTS}/calibration.csv" in RESULT_FILES else []


rule report:
    message: "Writing the report, one page of claims and exhibits: {output.page}"
    input:
        **EXPLORER,
        skipped=f"{RESULTS}/skipped.csv",
        claims=CLAIM_FILES[:1],
        calibration=CALIBRATED,
        published=PUBLISHED,
        parts=[relative(ROOT / f"src/welfare_added/report/{part}") for part in PARTS],
        code=code("report"),
    output:
        page=REPORT,
    params:
        code=code_fingerprint("report"),
        exhibits=[[one.name, one.label, one.category, one.described(config)] for one in SHOWN],
        explorer=list(EXPLORER),
        explorer_choices=EXPLORER_CHOICES,
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
