rule moments:
    message:
        "Describing the district and its estimates before any reallocation"
    input:
        students=f"{RESULTS}/district/students.parquet",
        classes=f"{RESULTS}/district/classes.parquet",
        outcomes=f"{RESULTS}/district/outcomes.parquet",
        estimates=f"{RESULTS}/value_added.parquet",
        targets=f"{CALIBRATION}/eastmond_2024_inputs.yaml",
        code=code("moments"),
    output:
        moments=f"{RESULTS}/moments.csv",
        bins=f"{RESULTS}/value_added/sorting_bins.csv",
    params:
        code=code_fingerprint("moments"),
    log:
        f"{LOGS}/moments.log",
    benchmark:
        f"{BENCHMARKS}/moments.tsv"
    conda:
        ENVIRONMENT
    script:
        script_path("moments")
