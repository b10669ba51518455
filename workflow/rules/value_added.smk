from welfare_added.value_added.choices import estimation

CHOICES = {**estimation(config["value_added"]), "batch": config["value_added"]["batch"]}


rule value_added:
    message: "Estimating value added"
    input:
        students=f"{PRIVATE}/district/students.parquet",
        code=code("value_added"),
    output:
        estimates=f"{PRIVATE}/value_added.parquet",
        autocovariances=f"{PRIVATE}/value_added/autocovariances.csv",
        variances=f"{PRIVATE}/value_added/variances.csv",
        class_means=f"{PRIVATE}/value_added/class_means.parquet",
    params:
        code=code_fingerprint("value_added"),
        **CHOICES,
    threads: 2  # estimates do not depend on it
    priority: 1  # most jobs wait for it
    resources: **needs(mb=8, minutes=0.1)
    log: f"{LOGS}/value_added.log"
    conda: ENVIRONMENT
    script: script_path("value_added")


rule validation:
    message: "Validating estimates: persistence, forecasts, later outcomes"
    input:
        students=f"{PRIVATE}/district/students.parquet",
        outcomes=f"{PRIVATE}/district/outcomes.parquet",
        estimates=f"{PRIVATE}/value_added.parquet",
        class_means=f"{PRIVATE}/value_added/class_means.parquet",
        code=code("validation"),
    output:
        persistence=f"{PRIVATE}/value_added/persistence.csv",
        forecast=f"{PRIVATE}/value_added/forecast.csv",
        outcomes=f"{PRIVATE}/value_added/outcomes.csv",
    params:
        code=code_fingerprint("validation"),
        estimator=config["value_added"]["estimator"],
        batch=config["value_added"]["batch"],
    resources: **needs(mb=30, minutes=1)
    log: f"{LOGS}/validation.log"
    conda: ENVIRONMENT
    script: script_path("validation")


rule value_added_choices:
    message: "Estimating value added with each open choice changed in turn"
    input:
        students=f"{PRIVATE}/district/students.parquet",
        code=code("value_added_choices"),
    output:
        choices=f"{PRIVATE}/value_added/choices.csv",
    params:
        code=code_fingerprint("value_added_choices"),
        **CHOICES,
    resources: **needs(mb=8)
    log: f"{LOGS}/value_added_choices.log"
    conda: ENVIRONMENT
    script: script_path("value_added_choices")


rule predictors:
    message: "Predicting both groups separately and jointly, with standard errors, and testing their difference"
    input:
        students=f"{PRIVATE}/district/students.parquet",
        code=code("predictors"),
    output:
        estimates=f"{PRIVATE}/value_added/predictors.parquet",
        teachers=f"{PRIVATE}/value_added/teacher_tests.parquet",
        summary=f"{PRIVATE}/value_added/comparative_advantage.csv",
    params:
        code=code_fingerprint("predictors"),
        extrapolated_from=config["value_added"]["extrapolated_from"],
        significance=config["value_added"]["significance"],
        # Both predictors are made, whichever the study uses.
        **{name: value for name, value in CHOICES.items() if name != "groups"},
    threads: 2  # estimates do not depend on it
    resources: **needs(mb=10)
    log: f"{LOGS}/predictors.log"
    conda: ENVIRONMENT
    script: script_path("predictors")
