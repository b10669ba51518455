ESTIMATION = config["value_added"]


rule value_added:
    message: "Estimating value added"
    input:
        students=f"{RESULTS}/district/students.parquet",
        code=code("value_added"),
    output:
        estimates=f"{RESULTS}/value_added.parquet",
        autocovariances=f"{RESULTS}/value_added/autocovariances.csv",
        variances=f"{RESULTS}/value_added/variances.csv",
        class_means=f"{RESULTS}/value_added/class_means.parquet",
    params:
        estimator=ESTIMATION["estimator"],
        absorb=ESTIMATION["absorb"],
        years_used=ESTIMATION["years_used"],
        weighting=ESTIMATION["weighting"],
        drift_limit=ESTIMATION["drift_limit"],
        minimum_class_size=ESTIMATION["minimum_class_size"],
        teacher_share=ESTIMATION["teacher_share"],
        seed=ESTIMATION["seed"],
    log: f"{LOGS}/value_added.log"
    benchmark: f"{BENCHMARKS}/value_added.tsv"
    conda: ENVIRONMENT
    script: script_path("value_added")
