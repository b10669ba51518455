# Compare the paper's stated numbers with ours, if the study has claims (common.smk).
from welfare_added.claims.compare import choices_of
from welfare_added.claims.document import requirements

CLAIM_FILES = []

if (PAPER_FOLDER / "claims.yaml").is_file() and WITH_CLAIMS:
    CLAIMS_SCHEMA = ROOT / "workflow/schemas/claims.schema.json"
    CLAIMS = checked(requirements, PAPER_FOLDER / "claims.yaml", CLAIMS_SCHEMA)
    CLAIM_FILES = [f"{RESULTS}/claims.csv", f"{RESULTS}/claims.html"]

    rule claims:
        message: "Comparing the paper's numbers with ours"
        input:
            document=of_paper("claims.yaml"),
            schema=relative(CLAIMS_SCHEMA),
            template=relative(SOURCE_FOLDER / "welfare_added/claims/page.html.j2"),
            intervals=INTERVALS[:1],
            cells=[of_paper(name) for name in CLAIMS["cell_files"]],
            tables=[f"{RESULTS}/{table}" for table in CLAIMS["tables"]],
            code=code("claims"),
        output:
            table=f"{RESULTS}/claims.csv",
            page=f"{RESULTS}/claims.html",
        params:
            code=code_fingerprint("claims"),
            choices=checked(choices_of, CLAIMS["choices"], config),
            origin=ORIGIN,
            intervals_differ=INTERVALS_DIFFER or [],
            intervals_stale=INTERVALS_STALE,
        log: f"{LOGS}/claims.log"
        conda:
            ENVIRONMENT
        script: script_path("claims")
