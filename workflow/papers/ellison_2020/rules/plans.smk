# Admission plans, the classes that they admit, and their efficiency.
SETTING = {
    "studied": f"{APPLICANTS}/studied.parquet",
    "schools": f"{APPLICANTS}/schools.csv",
    "indices": f"{PRIVATE}/indices.parquet",
}
TIERS = {**config["plan_in_force"]}
TUNED_AT = config["plans"]["tuned_at"]


rule plans:
    message: "Placing all applicants by every plan, and comparing it with its benchmarks"
    input:
        **SETTING,
        code=code("plans"),
    output:
        assignments=f"{PRIVATE}/assignments.parquet",
        plans=f"{PRIVATE}/plans.csv",
        classes=f"{PRIVATE}/classes.csv",
        efficiency=f"{PRIVATE}/efficiency.csv",
        benchmarks=f"{PRIVATE}/benchmarks.csv",
    params:
        code=code_fingerprint("plans"),
        tuned_at=TUNED_AT,
        tiers=TIERS,
        targets=config["plans"]["targets"],
    priority: 1  # most jobs wait for it
    log: f"{LOGS}/plans.log"
    conda:
        ENVIRONMENT
    script: script_path("plans")

