rule moments:
    message:
        "Describing the district and its estimates before any reallocation"
    input:
        students=f"{PRIVATE}/district/students.parquet",
        classes=f"{PRIVATE}/district/classes.parquet",
        outcomes=f"{PRIVATE}/district/outcomes.parquet",
        estimates=f"{PRIVATE}/value_added.parquet",
        # The synthetic district is cut into bins at the published shares of classes.
        published=of_paper("calibration/inputs.yaml") if SYNTHETIC else [],
        code=code("moments"),
    output:
        moments=f"{PRIVATE}/moments.csv",
        bins=f"{PRIVATE}/value_added/sorting_bins.csv",
    params:
        code=code_fingerprint("moments"),
        bins=None if SYNTHETIC else config["exhibits"]["sorting_bins"],
    resources:
        **needs(mb=50),
    log:
        f"{LOGS}/moments.log",
    conda:
        ENVIRONMENT
    script:
        script_path("moments")
