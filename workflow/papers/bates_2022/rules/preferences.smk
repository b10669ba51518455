# Preferences of teachers and principals (tables 5 and 6), variants of table 7, and how well they are recovered.
PREFERENCES = f"{PRIVATE}/preferences"
PREFERENCE_CHOICES = config["preferences"]
TEACHER_CHOICES = {
    **{
        name: PREFERENCE_CHOICES[name]
        for name in ("integrator", "draws", "outside", "inference", "replications", "single", "without_value_added")
    },
    **{name: PREFERENCE_CHOICES[name] for name in ("separated", "at_least", "seed")},
    "advantage": PREFERENCE_CHOICES["absolute_advantage"],
}
WORLDS = {
    **PREFERENCE_CHOICES["worlds"],
    "principals": {**PREFERENCE_CHOICES["worlds"]["principals"], "inference": PREFERENCE_CHOICES["principals"]["inference"]},
}
PRINCIPAL_CHOICES = {
    **PREFERENCE_CHOICES["principals"],
    **{name: PREFERENCE_CHOICES[name] for name in ("separated", "at_least", "seed")},
    "declined_positive": config["platform"]["declined_positive"],
}
# Rows of table 7: what differs from the baseline; window: whose choice sets.
TEACHER_ROWS = {
    "buffer": {"window": "buffer"},
    "first_day": {"window": "first_day"},
    "drop_single": {"single": "drop"},
    **{
        name: {"model": name}
        for name in (
            *("no_effects", "school_fe", "school_re", "teacher_fe", "teacher_re"),
            *("teacher_re_school_fe", "teacher_fe_school_fe", "teacher_conditional"),
        )
    },
    "correlated": {"correlated": PREFERENCE_CHOICES["correlated"]},
    "constant_class_size": {"class_size": "constant"},
}
PRINCIPAL_ROWS = {
    "near_hire": {"sample": "near_hire"},
    "first_half": {"sample": "first_half"},
    "second_half": {"sample": "second_half"},
    "ranked": {"model": "ranked", "order": PREFERENCE_CHOICES["order"]},
    "ranked_active": {"model": "ranked", "order": PREFERENCE_CHOICES["order"], "sample": "active"},
    "hired_only": {"hired_only": True},
    "constant_class_size": {"class_size": "constant"},
}
# The same model from other choice sets and by other integrators, beside planted preferences.
INTEGRATORS = PREFERENCE_CHOICES["integrators"]
PLANTED_ROWS = {}
if SYNTHETIC:
    PLANTED_ROWS = {
        "posted": {"window": "posted"},
        **{
            f"true_{name}": {"window": "true", "cycles": PREFERENCE_CHOICES["true_cycles"], "integrator": name, "draws": draws, "outside": "per_position"}
            for name, draws in INTEGRATORS.items()
        },
    }
    TEACHER_ROWS |= PLANTED_ROWS


rule teacher_preferences:
    message: "Estimating teachers' preferences"
    input:
        **of_platform("", "applicants", "positions", "pairs"),
        schools=f"{RECORDS_FOLDER}/schools.parquet",
        code=code("teacher_preferences"),
    output:
        estimates=f"{PREFERENCES}/teachers.csv",
        covariance=f"{PREFERENCES}/teachers_covariance.csv",
        numbers=f"{PREFERENCES}/teachers_numbers.csv",
        school_effects=f"{PREFERENCES}/school_effects.csv",
        coefficients=f"{PREFERENCES}/random_coefficients.parquet",
    params:
        code=code_fingerprint("teacher_preferences"),
        chosen=TEACHER_CHOICES,
        may_fail=False,
    threads: 2  # results do not depend on it
    resources: mem_mb=6000
    priority: 2  # the market waits for it
    log: f"{LOGS}/teacher_preferences.log"
    conda:
        ENVIRONMENT
    script: script_path("teacher_preferences")


rule teacher_variant:
    message: "Estimating teachers' preferences: {wildcards.row}"
    input:
        unpack(of_teachers),
        schools=f"{RECORDS_FOLDER}/schools.parquet",
        code=code("teacher_preferences"),
    output:
        estimates=f"{PREFERENCES}/teachers/{{row}}.csv",
        covariance=f"{PREFERENCES}/teachers/{{row}}_covariance.csv",
        numbers=f"{PREFERENCES}/teachers/{{row}}_numbers.csv",
        school_effects=f"{PREFERENCES}/teachers/{{row}}_school_effects.csv",
        coefficients=f"{PREFERENCES}/teachers/{{row}}_random_coefficients.parquet",
    wildcard_constraints:
        row="|".join(TEACHER_ROWS),
    params:
        code=code_fingerprint("teacher_preferences"),
        chosen=lambda wildcards: {**TEACHER_CHOICES, **without_window(TEACHER_ROWS[wildcards.row])},
        may_fail=lambda wildcards: wildcards.row not in PLANTED_ROWS,  # a row of table 7 is then empty, with a note
    threads: 1  # several are made at the same time
    resources: mem_mb=6000
    log: f"{LOGS}/teacher_variant_{{row}}.log"
    conda:
        ENVIRONMENT
    script: script_path("teacher_preferences")


rule principal_preferences:
    message: "Estimating principals' preferences"
    input:
        **of_platform("", "applicants", "positions", "applications"),
        code=code("principal_preferences"),
    output:
        estimates=f"{PREFERENCES}/principals.csv",
        covariance=f"{PREFERENCES}/principals_covariance.csv",
        numbers=f"{PREFERENCES}/principals_numbers.csv",
    params:
        code=code_fingerprint("principal_preferences"),
        chosen=PRINCIPAL_CHOICES,
        may_fail=False,
    resources: mem_mb=3000
    priority: 2  # the market waits for it
    log: f"{LOGS}/principal_preferences.log"
    conda:
        ENVIRONMENT
    script: script_path("principal_preferences")


rule principal_variant:
    message: "Estimating principals' preferences: {wildcards.row}"
    input:
        **of_platform("", "applicants", "positions", "applications"),
        code=code("principal_preferences"),
    output:
        estimates=f"{PREFERENCES}/principals/{{row}}.csv",
        covariance=f"{PREFERENCES}/principals/{{row}}_covariance.csv",
        numbers=f"{PREFERENCES}/principals/{{row}}_numbers.csv",
    wildcard_constraints:
        row="|".join(PRINCIPAL_ROWS),
    params:
        code=code_fingerprint("principal_preferences"),
        chosen=lambda wildcards: {**PRINCIPAL_CHOICES, **PRINCIPAL_ROWS[wildcards.row]},
        may_fail=True,  # a row of table 7 is then empty, with a note
    resources: mem_mb=3000
    log: f"{LOGS}/principal_variant_{{row}}.log"
    conda:
        ENVIRONMENT
    script: script_path("principal_preferences")


rule preference_numbers:
    message: "Collecting sizes and log-likelihoods of the estimated preferences"
    input:
        numbers=[rules.teacher_preferences.output.numbers, rules.principal_preferences.output.numbers],
        code=code("preference_numbers"),
    output:
        numbers=f"{PREFERENCES}/text_numbers.csv",
    params:
        code=code_fingerprint("preference_numbers"),
    log: f"{LOGS}/preference_numbers.log"
    conda:
        ENVIRONMENT
    script: script_path("preference_numbers")


if SYNTHETIC:
    SETS = {"observed": "", "posted": "posted", "true": "true"}
    # Estimates by choice sets; true ones are those of the integrator that recovers.
    ESTIMATED_ON = {
        "observed": rules.teacher_preferences.output.estimates,
        "posted": f"{PREFERENCES}/teachers/posted.csv",
        "true": f"{PREFERENCES}/teachers/true_adaptive.csv",
    }

    rule recovery:
        message: "Comparing estimated preferences with those that were planted"
        input:
            teachers=rules.teacher_preferences.output.estimates,
            principals=rules.principal_preferences.output.estimates,
            **{name: f"{PREFERENCES}/teachers/true_{name}.csv" for name in INTEGRATORS},
            **{f"{name}_estimates": estimates for name, estimates in ESTIMATED_ON.items()},
            **{
                f"{name}_{table}": path
                for name, window in SETS.items()
                for table, path in of_platform(window, "applicants", "pairs").items()
            },
            **of_platform("", "positions", "applications"),
            **{f"true_{side}": f"{TRUTH}/{side}_preferences.csv" for side in ("teachers", "principals")},
            code=code("recovery"),
        output:
            **{name: f"{PREFERENCES}/{name}.csv" for name in ("recovery", "integrators", "choice_sets", "choice_set_sizes")},
        params:
            code=code_fingerprint("recovery"),
            integrators=list(INTEGRATORS),
            sets=list(SETS),
        log: f"{LOGS}/recovery.log"
        conda:
            ENVIRONMENT
        script: script_path("recovery")


# Needs no records. `preferences.worlds.teachers.worlds=50` takes some ten minutes.
rule recovery_worlds:
    message: "Estimating planted preferences in small worlds"
    input:
        inputs=of_paper("calibration/inputs.yaml"),
        code=code("recovery_worlds"),
    output:
        worlds=f"{PREFERENCES}/integrator_worlds.csv",
        parameters=f"{PREFERENCES}/recovery_worlds.csv",
    params:
        code=code_fingerprint("recovery_worlds"),
        **WORLDS,
    threads: 2  # results do not depend on it
    resources: mem_mb=2000
    log: f"{LOGS}/recovery_worlds.log"
    conda:
        ENVIRONMENT
    script: script_path("recovery_worlds")


PREFERENCE_RESULTS = [
    *rules.teacher_preferences.output,
    *rules.principal_preferences.output,
    *rules.preference_numbers.output,
    *([*rules.recovery.output, *rules.recovery_worlds.output] if SYNTHETIC else []),
]
# Estimates of table 7's rows, on request.
ROBUST_PREFERENCES = [
    *expand(rules.teacher_variant.output, row=[row for row in TEACHER_ROWS if row not in PLANTED_ROWS]),
    *expand(rules.principal_variant.output, row=PRINCIPAL_ROWS),
]
