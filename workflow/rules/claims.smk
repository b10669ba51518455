from welfare_added.claims import compare, document

PAPER = ROOT / "workflow/claims" / f"{config['study']}.yaml"
CLAIM_FILES = []

# Only a study that a paper describes has claims to compare with.
if PAPER.is_file():
    CLAIMS_SCHEMA = ROOT / "workflow/schemas/claims.schema.json"
    try:
        CLAIMS = document.read(PAPER, CLAIMS_SCHEMA)
        CLAIM_CHOICES = compare.choices_of(CLAIMS, config)
    except document.ClaimsError as error:
        raise WorkflowError(str(error)) from None
    CLAIM_FILES = [f"{RESULTS}/claims.csv", f"{RESULTS}/claims.html"]

    rule claims:
        message: "Comparing the paper's numbers with ours"
        input:
            document=relative(PAPER),
            schema=relative(CLAIMS_SCHEMA),
            template=relative(ROOT / "src/welfare_added/claims/page.html.j2"),
            tables=[f"{RESULTS}/{table}" for table in CLAIMS.tables()],
            code=code("claims"),
        output:
            table=f"{RESULTS}/claims.csv",
            page=f"{RESULTS}/claims.html",
        params:
            code=code_fingerprint("claims"),
            choices=CLAIM_CHOICES,
            source=config["district"]["source"],
            size=config["district"].get("size"),
        log: f"{LOGS}/claims.log"
        benchmark: f"{BENCHMARKS}/claims.tsv"
        conda:
            ENVIRONMENT
        script: script_path("claims")
