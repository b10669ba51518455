# The manifest of all job records, verification of every result, disclosure checks and release.
import time


rule manifest:
    message: "Writing the manifest: which job made each file, and from what"
    input:
        STUDY_FILES,
        rules.report.output,
        code=code("manifest"),
    output:
        manifest=f"{AUDIT}/manifest.json",
        # Commit, date and machine for the report, whose own bytes depend on the results alone.
        run=f"{AUDIT}/run.js",
    params:
        code=code_fingerprint("manifest"),
        root=relative(ROOT),
        study=config["study"],
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
        paper=PAPER,
    log: f"{AUDIT}/logs/verify.log"
    conda:
        ENVIRONMENT
    script: script_path("verify")


CONFIDENTIAL = (
    {
        **raw_tables(SOURCE, LAYOUT, made_in=RAW_FOLDER),
        "populations": f"{PRIVATE}/populations.csv",
    }
    if RESTRICTED
    else {}
)


rule disclosure:
    message: "Checking every file that would be published"
    input:
        PUBLISHED,
        **CONFIDENTIAL,
        report=REPORT_FILES,
        manifest=rules.manifest.output[0],
        declaration=relative(DECLARATION),
        schema=relative(ROOT / "workflow/schemas/disclosure.schema.json"),
        code=code("disclosure"),
    output:
        verdicts=f"{AUDIT}/disclosure.json",
    params:
        code=code_fingerprint("disclosure"),
        # Never up to date: a file may have been put into a published folder since.
        asked_at=time.time_ns(),
        restricted=RESTRICTED,
        published=[*PUBLISHED, *REPORT_FILES],
        on_request=[*files_of([one for one in MADE if one.on_request], RESULTS), *GATED_ON_REQUEST],
        gates=GATED_FILES,
        study=config["study"],
        source=SOURCE,
        tables=LAYOUT.columns,
        identifiers=LAYOUT.identifiers,
        columns=COLUMNS,
        **LIMITS,
    log: f"{AUDIT}/logs/disclosure.log"
    conda:
        ENVIRONMENT
    script: script_path("disclosure")


rule release:
    message: "Copying the published files that passed to release/{params.study}/"
    input:
        **CONFIDENTIAL,
        verdicts=f"{AUDIT}/disclosure.json",
        manifest=rules.manifest.output[0],
        code=code("release"),
    output:
        f"release/{config['study']}/SHA256SUMS",
    params:
        code=code_fingerprint("release"),
        restricted=RESTRICTED,
        note=NOTE,
        choices=published_choices(DECLARATION),
        units=declared_units(DECLARATION),
        study=config["study"],
        source=SOURCE,
        tables=LAYOUT.columns,
        identifiers=LAYOUT.identifiers,
        columns=COLUMNS,
        **LIMITS,
    log: f"{AUDIT}/logs/release.log"
    conda:
        ENVIRONMENT
    script: script_path("release")
