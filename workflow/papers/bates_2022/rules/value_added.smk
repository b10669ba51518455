# Value added on two types of students, forecast from past years (section 3), and tests of the forecasts (table 1).
RECORDS = {
    "students": f"{PRIVATE}/records/students.parquet",
    "teachers": f"{PRIVATE}/records/teachers.parquet",
}
VALUE_ADDED = {
    name: config["value_added"][name]
    for name in (
        *("minimum_class_size", "experience_bins", "reference_bin"),
        *("school_effects", "year_effects", "type_effect"),
        *("own_year", "extrapolated_from", "drift_limit", "draws", "simulations", "seed"),
    )
}
# What is estimated, for one trait.
ESTIMATED = {
    **{name: f"{name}.parquet" for name in ("forecasts", "teacher_years", "school_years")},
    **{name: f"{name}.csv" for name in ("structure", "drift", "experience", "slopes")},
}


rule value_added:
    message: "Estimating value added on two types of students"
    input:
        **RECORDS,
        code=code("value_added"),
    output:
        **{name: f"{PRIVATE}/value_added/{file}" for name, file in ESTIMATED.items()},
    params:
        code=code_fingerprint("value_added"),
        trait="type",
        **VALUE_ADDED,
    priority: 1  # most jobs wait for it
    resources: **needs(mb=30, minutes=0.1)
    log: f"{LOGS}/value_added.log"
    conda:
        ENVIRONMENT
    script: script_path("value_added")


# The same by another trait: tables 7 (rows race and achievement) and A.7.
rule value_added_by:
    message: "Estimating value added by {wildcards.trait}"
    input:
        **RECORDS,
        code=code("value_added"),
    output:
        **{name: f"{PRIVATE}/value_added/{{trait}}/{file}" for name, file in ESTIMATED.items()},
    params:
        code=code_fingerprint("value_added"),
        trait="{trait}",
        **VALUE_ADDED,
    wildcard_constraints:
        trait="nonwhite|above_median|economically_disadvantaged",
    resources: **needs(mb=30, minutes=0.1)
    log: f"{LOGS}/value_added_by_{{trait}}.log"
    conda:
        ENVIRONMENT
    script: script_path("value_added")


rule forecast_tests:
    message: "Testing forecasts of value added"
    input:
        **{
            name: f"{PRIVATE}/value_added/{ESTIMATED[name]}"
            for name in ("forecasts", "teacher_years", "structure", "experience")
        },
        teachers=RECORDS["teachers"],
        schools=f"{PRIVATE}/records/schools.parquet",
        code=code("forecast_tests"),
    output:
        tests=f"{PRIVATE}/value_added/forecast_tests.csv",
        bins=f"{PRIVATE}/value_added/forecast_bins.csv",
        event_study=f"{PRIVATE}/value_added/event_study.csv",
        movers=f"{PRIVATE}/value_added/movers.csv",
        distribution=f"{PRIVATE}/value_added/distribution.csv",
        text_numbers=f"{PRIVATE}/value_added/text_numbers.csv",
    params:
        code=code_fingerprint("forecast_tests"),
        year=config["market"]["cycle"],
    resources: **needs(mb=30, minutes=0.1)
    log: f"{LOGS}/forecast_tests.log"
    conda:
        ENVIRONMENT
    script: script_path("forecast_tests")


rule same_trait:
    message: "Estimating effects of the same race and gender"
    input:
        **RECORDS,
        code=code("same_trait"),
    output:
        same_trait=f"{PRIVATE}/value_added/same_trait.csv",
    params:
        code=code_fingerprint("same_trait"),
        trait="type",
        minimum_class_size=VALUE_ADDED["minimum_class_size"],
    resources: **needs(mb=30, minutes=0.1)
    log: f"{LOGS}/same_trait.log"
    conda:
        ENVIRONMENT
    script: script_path("same_trait")
