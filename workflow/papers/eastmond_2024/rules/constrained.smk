CONSTRAINED = config["constrained"]
CONSTRAINED_PLANS = list(product(CONSTRAINED["plans"], CONSTRAINED["subjects"]))


rule constrained_plan:
    message: "Planning {wildcards.subject} under constraints: {wildcards.plan}"
    input:
        unpack(pairs_file),
        slots=f"{PRIVATE}/allocation/slots.parquet",
        students=f"{PRIVATE}/district/students.parquet",
        code=code("constrained_plan"),
    output:
        frontier=f"{PRIVATE}/allocation/constrained/{{plan}}_{{subject}}.csv",
    wildcard_constraints:
        subject="ela|math|both",
    params:
        code=code_fingerprint("constrained_plan"),
        constraints=lambda wildcards: CONSTRAINED["plans"][wildcards.plan],
        subject=lambda wildcards: wildcards.subject,
        subject_weight_ela=config["welfare"]["subject_weight_ela"],
        years=CONSTRAINED["years"],
        weights=CONSTRAINED["weights"],
        optimality_gap=CONSTRAINED["optimality_gap"],
        seconds=CONSTRAINED["seconds"],
    resources: **needs(mb=200, minutes=120)
    log: f"{LOGS}/constrained_plan_{{plan}}_{{subject}}.log"
    conda:
        ENVIRONMENT
    script: script_path("constrained_plan")


rule constrained_frontiers:
    message: "Combining the frontiers of the constrained plans"
    input:
        parts=[
            f"{PRIVATE}/allocation/constrained/{'_'.join(plan)}.csv" for plan in CONSTRAINED_PLANS
        ],
        code=code("constrained_frontiers"),
    output:
        frontiers=f"{PRIVATE}/constrained.csv",
    params:
        code=code_fingerprint("constrained_frontiers"),
        labels=CONSTRAINED_PLANS,
    log: f"{LOGS}/constrained_frontiers.log"
    conda:
        ENVIRONMENT
    script: script_path("constrained_frontiers")


rule constrained:
    message: "Constrained plans are in {RESULTS}/constrained.csv"
    input:
        f"{RESULTS}/constrained.csv",
        multiext(f"{RESULTS}/figures/figure_constrained", ".pdf", ".png", ".csv"),
