rule moments:
    message:
        "Describing the district and its estimates before any reallocation"
    input:
        students=f"{PRIVATE}/district/students.parquet",
        classes=f"{PRIVATE}/district/classes.parquet",
        outcomes=f"{PRIVATE}/district/outcomes.parquet",
        estimates=f"{PRIVATE}/value_added.parquet",
        targets=f"{CALIBRATION}/eastmond_2024_inputs.yaml",
        code=code("moments"),
    output:
        moments=f"{PRIVATE}/moments.csv",
        bins=f"{PRIVATE}/value_added/sorting_bins.csv",
    params:
        code=code_fingerprint("moments"),
    resources:
        **needs(mb=50),
    log:
        f"{LOGS}/moments.log",
    benchmark:
        f"{BENCHMARKS}/moments.tsv"
    conda:
        ENVIRONMENT
    script:
        script_path("moments")
