# The planner's page of the report: every plan over the range of its weight, and a map of census tracts.
rule planner:
    message: "Placing all applicants by every plan, over the range of its weight"
    input:
        **SETTING,
        plans=f"{PRIVATE}/plans.csv",
        code=code("planner"),
    output:
        classes=f"{PRIVATE}/planner/classes.csv",
        histograms=f"{PRIVATE}/planner/histograms.csv",
        displaced=f"{PRIVATE}/planner/displaced.csv",
    params:
        code=code_fingerprint("planner"),
        tuned_at=TUNED_AT,
        tiers=TIERS,
        largest=config["frontiers"]["largest"],
        **config["planner"],
    log: f"{LOGS}/planner.log"
    conda:
        ENVIRONMENT
    script: script_path("planner")


# Only the tracts of the synthetic applicants have shapes.
if SYNTHETIC:

    rule tract_shapes:
        message: "Tabulating the shapes of census tracts"
        input:
            shapes=of_paper("tracts/tracts.geojson"),
            code=code("tract_shapes"),
        output:
            shapes=f"{PRIVATE}/planner/shapes.csv",
        params:
            code=code_fingerprint("tract_shapes"),
        log: f"{LOGS}/tract_shapes.log"
        conda:
            ENVIRONMENT
        script: script_path("tract_shapes")


PLANNER_FILES = [*rules.planner.output, *(rules.tract_shapes.output if SYNTHETIC else [])]
# Counts by score and by census tract are of single students.
if RESTRICTED:
    NO_EXPLORER = (
        "The page of plans is left out: it counts single students by score and census tract, and these records are "
        "confidential. Its tables are in planner/, among the results that are not published."
    )
else:
    EXPLORER = {
        **{name: f"{PRIVATE}/planner/{name}.csv" for name in ("classes", "histograms", "displaced")},
        "efficiency": f"{PRIVATE}/efficiency.csv",
        **({"shapes": f"{PRIVATE}/planner/shapes.csv"} if SYNTHETIC else {}),
    }
