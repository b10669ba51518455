# Applicants, positions and choice sets (section 5.3), and tables of the market (section 4).
FROM_RECORDS = {
    "schools_records": f"{RECORDS_FOLDER}/schools.parquet",
    "traits": f"{RECORDS_FOLDER}/traits.parquet",
    "forecasts": f"{PRIVATE}/value_added/forecasts.parquet",
}
CHOICE_SETS = ("applicants", "positions", "applications", "pairs")
MARKET_TABLES = (
    *("timing", "posting_months", "timing_weeks", "wait_days", "stock_flow", "outcomes", "outcome_days", "set_sizes"),
    *("distance", "samples", "class_size_bins", "sample", "text_numbers"),
)
# The table of given commutes, checked, where there is one.
COMMUTES = {"commutes": f"{PRIVATE}/platform/commutes.parquet"} if "commutes" in RAW else {}
PLATFORM_CHOICES = {
    **{name: config["platform"][name] for name in ("window", "buffer_days", "declined_positive")},
    **COMMUTE,
}
# Other windows, by folder; true ones only of synthetic platforms.
WINDOWS = {
    "posted": {"window": "posted", "buffer_days": 0},
    "buffer": {"window": "observed", "buffer_days": config["platform"]["longer_buffer_days"]},
    "first_day": {"window": "first_day", "buffer_days": 0},
    **({"true": {"window": "observed", "buffer_days": 0}} if SYNTHETIC else {}),
}


rule platform:
    message: "Checking the hiring platform's raw tables, and deriving choice sets"
    input:
        **{name: RAW[name] for name in PLATFORM_TABLES if name in RAW},
        **LAYOUT_FILES,
        **FROM_RECORDS,
        teachers_records=f"{RECORDS_FOLDER}/teachers.parquet",
        code=code("platform"),
    output:
        **{name: f"{PRIVATE}/platform/{name}.parquet" for name in CHOICE_SETS},
        **{name: f"{PRIVATE}/platform/{name}.csv" for name in MARKET_TABLES},
        **COMMUTES,
    params:
        code=code_fingerprint("platform"),
        export=export_of(PLATFORM_TABLES),
        **PLATFORM_CHOICES,
    priority: 1
    resources: **needs(mb=40)
    log: f"{LOGS}/platform.log"
    conda:
        ENVIRONMENT
    script: script_path("platform")


rule choice_sets:
    message: "Deriving choice sets in windows: {wildcards.window}"
    input:
        **{name: RAW[name] for name in PLATFORM_TABLES if name in RAW},
        **LAYOUT_FILES,
        **FROM_RECORDS,
        truth=lambda wildcards: [f"{TRUTH}/{name}.parquet" for name in ("applicants", "positions")] if wildcards.window == "true" else [],
        checked=f"{PRIVATE}/platform/sample.csv",  # tables that are refused stop there
        code=code("choice_sets"),
    output:
        **{name: f"{PRIVATE}/platform/{{window}}/{name}.parquet" for name in CHOICE_SETS},
        sample=f"{PRIVATE}/platform/{{window}}/sample.csv",
    wildcard_constraints:
        window="|".join(WINDOWS),
    params:
        code=code_fingerprint("choice_sets"),
        export=export_of(PLATFORM_TABLES),
        chosen=lambda wildcards: {**PLATFORM_CHOICES, **WINDOWS[wildcards.window]},
    resources: **needs(mb=40)
    log: f"{LOGS}/choice_sets_{{window}}.log"
    conda:
        ENVIRONMENT
    script: script_path("choice_sets")
