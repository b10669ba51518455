from welfare_added.claims.page import describe
from welfare_added.report.page import PARTS

STAMP = describe(SOURCE, config["district"].get("size")) if SYNTHETIC else NOTE or "Records of one's own."
CAPTIONS = {name: ROOT / f"workflow/report/{name}.rst" for name in EXHIBITS if name not in SKIPPED}
# What a release holds; the tables of constrained plans as well, if they were asked for.
SEVERAL = bool(config["districts"])
RELEASE = f"release/{config['study']}" if SEVERAL else "release"
PAGE = f"{RESULTS}/report/index.html" if SEVERAL else "results/report/index.html"
SHOWN = sorted({*EXHIBIT_FILES, *CLAIM_FILES, *GATED_FILES, *SUMMARY_FILES})
PUBLISHED = [*SHOWN, PAGE]
PUBLISHED_ON_REQUEST = [f"{RESULTS}/constrained.csv", *exhibit_files(RESULTS, ["figure_constrained"])]
# What the report tells beside the exhibits.
TOLD = {
    "frontiers": f"{RESULTS}/frontiers.csv",
    "headlines": f"{RESULTS}/welfare/headlines.csv",
    "skipped": f"{RESULTS}/skipped.csv",
    **{name: f"{RESULTS}/welfare/{name}.csv" for name in ("gaps", "winners", "earnings", "subjects", "mvpf")},
    **({"exact": f"{RESULTS}/exact_frontiers.parquet"} if EXACT_LINE else {}),
    **({"claims": f"{RESULTS}/claims.csv"} if CLAIM_FILES else {}),
    **({"calibration": "results/calibration.csv"} if "figure_calibration" not in SKIPPED else {}),
}


rule report:
    message: "Putting claims, exhibits and the explorer on one page: {output.page}"
    input:
        **TOLD,
        published=SHOWN,
        captions=[relative(path) for path in CAPTIONS.values()],
        parts=[relative(ROOT / f"src/welfare_added/report/{part}") for part in PARTS],
        code=code("report"),
    output:
        page=PAGE,
    params:
        code=code_fingerprint("report"),
        captions={name: relative(path) for name, path in CAPTIONS.items()},
        root=relative(ROOT),
        study=config["study"],
        tax_rate=config["welfare"]["tax_rate"],
        note=NOTE,
        stamp=STAMP,
        restricted=RESTRICTED,
    log: f"{LOGS}/report.log"
    benchmark: f"{BENCHMARKS}/report.tsv"
    conda:
        ENVIRONMENT
    script: script_path("report")


# What the jobs recorded of themselves, put together; and every result hashed again.
rule manifest:
    message: "Writing down who made each file, and from what"
    input:
        rules.study.input,
        rules.report.output,
        code=code("manifest"),
    output:
        f"{AUDIT}/manifest.json",
    params:
        code=code_fingerprint("manifest"),
        root=relative(ROOT),
        study=config["study"] if SEVERAL else None,
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
        SHOWN,
        **CONFIDENTIAL,
        report=PAGE,
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
        study=config["study"],
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
        source=SOURCE,
        columns=config["district"]["columns"],
        **LIMITS,
    log: f"{AUDIT}/logs/release.log"
    conda:
        ENVIRONMENT
    script: script_path("release")
