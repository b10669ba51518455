# Value added from grade means, a panel of teacher-years with it, and how well both estimators do.
GRADE_MEANS = CHOICES["grade_means"]
PANEL_CHOICES = {
    "first_post_year": FIRST_POST_YEAR,
    "class_years": CHOICES["pay"]["class_years"],
    **{name: GRADE_MEANS[name] for name in ("outcome", "regressor")},
    "limit": GRADE_MEANS["extreme_sd"],
}
ESTIMATION = {name: GRADE_MEANS[name] for name in ("subjects", "levels", "years", "share", "noise", "printed")}


for WORLD in WORLDS:

    rule:
        name: f"value_added{WORLDS[WORLD]}"
        message: "Estimating value added from grade means, as printed and jointly"
        input:
            **records_of(WORLD),
            code=code("value_added"),
        output:
            value_added=value_added_of(WORLD),
            panel=panel_of(WORLD),
            **{name: f"{of_world(WORLD, 'value_added')}/{name}.csv" for name in ("standard_deviations", "samples", "components")},
        params:
            code=code_fingerprint("value_added"),
            chosen=ESTIMATION,
            scale={"year": GRADE_MEANS["standard_year"], "spread": GRADE_MEANS["spread"]},
            groups=GRADE_MEANS["error_groups"],
            panel=PANEL_CHOICES,
        priority: 2
        resources: **needs(mb=60)
        log: f"{LOGS}/value_added{WORLDS[WORLD]}.log"
        conda:
            ENVIRONMENT
        script: script_path("value_added")


rule recovery:
    message: "Estimating value added in small worlds with planted effects"
    input:
        code=code("recovery"),
    output:
        recovery=f"{VALUE_ADDED}/recovery.csv",
    params:
        code=code_fingerprint("recovery"),
        noise=GRADE_MEANS["noise"],
        printed=GRADE_MEANS["printed"],
        **GRADE_MEANS["recovery"],
    log: f"{LOGS}/recovery.log"
    conda:
        ENVIRONMENT
    script: script_path("recovery")


rule city:
    message: "Comparing value added with and without class links in a synthetic city"
    input:
        code=code("city"),
    output:
        summary=f"{VALUE_ADDED}/city.csv",
        **{name: f"{VALUE_ADDED}/city_{name}.csv" for name in ("bins", "histogram")},
    params:
        code=code_fingerprint("city"),
        chosen=ESTIMATION,
        city=GRADE_MEANS["city"],
    resources: mem_mb=3000
    log: f"{LOGS}/city.log"
    conda:
        ENVIRONMENT
    script: script_path("city")


VALUE_ADDED_FILES = [
    *(value_added_of(world) for world in WORLDS),
    *(f"{of_world(world, 'value_added')}/{name}.csv" for world in WORLDS for name in ("standard_deviations", "samples", "components")),
    *rules.recovery.output,
    *rules.city.output,
]

if SYNTHETIC:

    rule value_added_truth:
        message: "Comparing value added with what was planted"
        input:
            value_added=value_added_of("panel"),
            truth=f"{TRUTH}/teachers.parquet",
            code=code("value_added_truth"),
        output:
            truth=f"{VALUE_ADDED}/truth.csv",
        params:
            code=code_fingerprint("value_added_truth"),
        log: f"{LOGS}/value_added_truth.log"
        conda:
            ENVIRONMENT
        script: script_path("value_added_truth")

    VALUE_ADDED_FILES += rules.value_added_truth.output
