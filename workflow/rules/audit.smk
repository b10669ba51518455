# What the jobs recorded of themselves, put together; and every result hashed again.
rule manifest:
    message: "Writing down who made each file, and from what"
    input:
        rules.study.input,
        code=code("manifest"),
    output:
        f"{AUDIT}/manifest.json",
    params:
        code=code_fingerprint("manifest"),
        root=relative(ROOT),
        choices=config,
    log: f"{AUDIT}/logs/manifest.log"
    conda:
        ENVIRONMENT
    script: script_path("manifest")


rule verify:
    message: "Hashing every result again"
    input:
        code=code("verify"),
    params:
        code=code_fingerprint("verify"),
    log: f"{AUDIT}/logs/verify.log"
    conda:
        ENVIRONMENT
    script: script_path("verify")


# What a release holds; the tables of constrained plans as well, if they were asked for.
RELEASE = "release"
PUBLISHED = sorted({*EXHIBIT_FILES, *CLAIM_FILES, *GATED_FILES, *SUMMARY_FILES})
PUBLISHED_ON_REQUEST = [f"{RESULTS}/constrained.csv", *exhibit_files(RESULTS, ["figure_constrained"])]
CONFIDENTIAL = (
    {
        **raw_tables(SOURCE, made_in=f"{PRIVATE}/district/raw"),
        "populations": f"{PRIVATE}/populations.csv",
    }
    if RESTRICTED
    else {}
)


rule disclosure:
    message: "Looking at everything that would be published"
    input:
        PUBLISHED,
        **CONFIDENTIAL,
        manifest=rules.manifest.output[0],
        declaration=relative(DECLARATION),
        schema=relative(ROOT / "workflow/schemas/disclosure.schema.json"),
        code=code("disclosure"),
    output:
        verdicts=f"{AUDIT}/disclosure.json",
    params:
        code=code_fingerprint("disclosure"),
        restricted=RESTRICTED,
        published=PUBLISHED,
        on_request=PUBLISHED_ON_REQUEST,
        gates=GATED_FILES,
        folder=RESULTS,
        private=PRIVATE,
        source=SOURCE,
        columns=config["district"]["columns"],
        **LIMITS,
    log: f"{AUDIT}/logs/disclosure.log"
    conda:
        ENVIRONMENT
    script: script_path("disclosure")


rule release:
    message: "Copying what may be shown to release/"
    input:
        **CONFIDENTIAL,
        verdicts=f"{AUDIT}/disclosure.json",
        manifest=rules.manifest.output[0],
        code=code("release"),
    output:
        f"{RELEASE}/SHA256SUMS",
    params:
        code=code_fingerprint("release"),
        restricted=RESTRICTED,
        note=NOTE,
        study=config["study"],
        private=PRIVATE,
        source=SOURCE,
        columns=config["district"]["columns"],
        **LIMITS,
    log: f"{AUDIT}/logs/release.log"
    conda:
        ENVIRONMENT
    script: script_path("release")
