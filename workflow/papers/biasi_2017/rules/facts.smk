# Facts and rules that the paper states in its text.
RULES_STATED = {
    "pay": CHOICES["pay"],
    "grade_means": {name: GRADE_MEANS[name] for name in ("levels", "years", "extreme_sd", "regressor")},
    "salaries": {name: SALARY_CHOICES[name] for name in ("before", "after", "most_years")},
    "matching": {name: MATCHING[name] for name in ("short_years", "long_years", "weights")},
    "offers": {name: CHOICES["offers"][name] for name in ("year", "left_out_markets", "deltas")},
    "last_year": CHOICES["district"]["years"][1],
}


rule facts:
    message: "Collecting facts that the paper states"
    input:
        inputs=of_paper("calibration/inputs.yaml"),
        **records_of("panel"),
        panel=panel_of("panel"),
        value_added=value_added_of("panel"),
        **SAMPLES,
        code=code("facts"),
    output:
        facts=f"{STATE}/facts.csv",
    params:
        code=code_fingerprint("facts"),
        named=NAMED,
        chosen=RULES_STATED,
    resources: mem_mb=3000
    log: f"{LOGS}/facts.log"
    conda:
        ENVIRONMENT
    script: script_path("facts")
