from welfare_added.district.years import studied_years

PLANS = list(
    product(("ela", "math", "both"), ("district", "school"), ("heterogeneous", "standard"))
)

EXACT = [
    (subject, scope, "heterogeneous")
    for subject, scope in product(("ela", "math", "both"), ("district", "school"))
]
PLAN_NAMES = ["_".join(plan) for plan in [*PLANS, *product(("subjects", "ces"), ("district", "school"))]]
ALLOCATION_FILES = [
    *(f"{PRIVATE}/allocation/plans/{name}.parquet" for name in PLAN_NAMES),
    *(f"{PRIVATE}/allocation/certificates/{name}.csv" for name in PLAN_NAMES),
]
# With `allocation.frontier: grid` exact frontiers are made on request only. Of confidential records they are
# not published: between two neighbouring allocations a few teachers move, who could be identified.
EXACT_LINE = config["allocation"]["frontier"] == "exact" and not RESTRICTED
EXACT_NAMES = [f"{'_'.join(plan)}{end}" for plan in EXACT for end in ("", "_moves")] if EXACT_LINE else []
EXACT_FILES = [f"{PRIVATE}/allocation/exact/{name}.parquet" for name in EXACT_NAMES]
EXACT_FILES += [f"{PRIVATE}/exact_frontiers.parquet"] if EXACT_LINE else []

# One job per grade and year, whose results are combined; or one job for all of them.
SCATTER = config["allocation"]["scatter"] == "grade_year"
CELLS = [f"{year}_{grade}" for year in studied_years(config["district"]["years"]) for grade in config["district"]["grades"]]
SOLVED = f"{PRIVATE}/allocation/cells/{{cell}}" if SCATTER else f"{PRIVATE}/allocation"
OF_CELL = "_{cell}" if SCATTER else ""


rule slots:
    message: "Listing the classes that can be reallocated"
    input:
        classes=f"{PRIVATE}/district/classes.parquet",
        students=f"{PRIVATE}/district/students.parquet",
        value_added=f"{PRIVATE}/value_added.parquet",
        code=code("slots"),
    output:
        slots=f"{PRIVATE}/allocation/slots.parquet",
    params:
        code=code_fingerprint("slots"),
        counts=config["allocation"]["counts"],
        class_size=config["district"]["class_size"],
    priority: 1  # most jobs wait for it
    log: f"{LOGS}/slots.log"
    conda:
        ENVIRONMENT
    script: script_path("slots")


rule allocation:
    message: "Allocating teachers over all weights: {wildcards.subject}, {wildcards.scope}, {wildcards.information}"
    input:
        slots=f"{PRIVATE}/allocation/slots.parquet",
        code=code("allocation"),
    output:
        plan=f"{SOLVED}/plans/{{subject}}_{{scope}}_{{information}}.parquet",
        certificates=f"{SOLVED}/certificates/{{subject}}_{{scope}}_{{information}}.csv",
    wildcard_constraints:
        subject="ela|math|both",
        scope="district|school",
        cell=r"\d+_-?\d+",
        information="heterogeneous|standard",
    params:
        code=code_fingerprint("allocation"),
        only=cell_of,
        subject=lambda wildcards: wildcards.subject,
        scope=lambda wildcards: wildcards.scope,
        information=lambda wildcards: wildcards.information,
        subject_weight_ela=config["welfare"]["subject_weight_ela"],
        weights=config["allocation"]["weights"],
        ends=config["allocation"]["ends"],
        ties=config["allocation"]["ties"],
        seed=config["allocation"]["seed"],
        solver=config["allocation"]["solver"],
        tolerance=config["allocation"]["tolerance"],
    resources: **needs(mb=200, minutes=20)
    log: f"{LOGS}/allocation_{{subject}}_{{scope}}_{{information}}{OF_CELL}.log"
    conda:
        ENVIRONMENT
    script: script_path("allocation")


rule allocation_subjects:
    message: "Allocating teachers over all weights on ELA and math: {wildcards.scope}"
    input:
        slots=f"{PRIVATE}/allocation/slots.parquet",
        code=code("allocation_subjects"),
    output:
        plan=f"{SOLVED}/plans/subjects_{{scope}}.parquet",
        certificates=f"{SOLVED}/certificates/subjects_{{scope}}.csv",
    wildcard_constraints:
        scope="district|school",
        cell=r"\d+_-?\d+",
    params:
        code=code_fingerprint("allocation_subjects"),
        only=cell_of,
        scope=lambda wildcards: wildcards.scope,
        weights=config["allocation"]["weights"],
        ends=config["allocation"]["ends"],
        ties=config["allocation"]["ties"],
        seed=config["allocation"]["seed"],
        solver=config["allocation"]["solver"],
        tolerance=config["allocation"]["tolerance"],
    resources: **needs(mb=200, minutes=20)
    log: f"{LOGS}/allocation_subjects_{{scope}}{OF_CELL}.log"
    conda:
        ENVIRONMENT
    script: script_path("allocation_subjects")


rule allocation_ces:
    message: "Allocating teachers for the CES planner: {wildcards.scope}"
    input:
        slots=f"{PRIVATE}/allocation/slots.parquet",
        students=f"{PRIVATE}/district/students.parquet",
        code=code("allocation_ces"),
    output:
        plan=f"{SOLVED}/plans/ces_{{scope}}.parquet",
        certificates=f"{SOLVED}/certificates/ces_{{scope}}.csv",
    wildcard_constraints:
        scope="district|school",
        cell=r"\d+_-?\d+",
    params:
        code=code_fingerprint("allocation_ces"),
        only=cell_of,
        scope=lambda wildcards: wildcards.scope,
        gammas=config["allocation"]["ces_gammas"],
        earnings_per_sd=config["welfare"]["earnings_per_sd"],
        mean_earnings=config["welfare"]["mean_annual_earnings"],
        floor=config["allocation"]["ces_floor"],
        ties=config["allocation"]["ties"],
        seed=config["allocation"]["seed"],
        solver=config["allocation"]["solver"],
        tolerance=config["allocation"]["tolerance"],
    resources: **needs(mb=80, minutes=20)
    log: f"{LOGS}/allocation_ces_{{scope}}{OF_CELL}.log"
    conda:
        ENVIRONMENT
    script: script_path("allocation_ces")


rule exact_frontier:
    message: "Tracing the exact frontier: {wildcards.subject}, {wildcards.scope}, {wildcards.information}"
    input:
        slots=f"{PRIVATE}/allocation/slots.parquet",
        code=code("exact_frontier"),
    output:
        vertices=f"{SOLVED}/exact/{{subject}}_{{scope}}_{{information}}.parquet",
        moves=f"{SOLVED}/exact/{{subject}}_{{scope}}_{{information}}_moves.parquet",
    wildcard_constraints:
        subject="ela|math|both",
        scope="district|school",
        cell=r"\d+_-?\d+",
        information="heterogeneous|standard",
    params:
        code=code_fingerprint("exact_frontier"),
        only=cell_of,
        subject=lambda wildcards: wildcards.subject,
        scope=lambda wildcards: wildcards.scope,
        information=lambda wildcards: wildcards.information,
        subject_weight_ela=config["welfare"]["subject_weight_ela"],
        tolerance=config["allocation"]["tolerance"],
    resources: **needs(mb=200, minutes=120)
    log: f"{LOGS}/exact_frontier_{{subject}}_{{scope}}_{{information}}{OF_CELL}.log"
    conda:
        ENVIRONMENT
    script: script_path("exact_frontier")


if SCATTER:

    rule gathered:
        message: "Combining the grades and years of {wildcards.name}"
        input:
            plan=expand(f"{SOLVED}/plans/{{{{name}}}}.parquet", cell=CELLS),
            certificates=expand(f"{SOLVED}/certificates/{{{{name}}}}.csv", cell=CELLS),
            code=code("gathered"),
        output:
            plan=f"{PRIVATE}/allocation/plans/{{name}}.parquet",
            certificates=f"{PRIVATE}/allocation/certificates/{{name}}.csv",
        wildcard_constraints:
            name="|".join(PLAN_NAMES),
        params:
            code=code_fingerprint("gathered"),
        log: f"{LOGS}/gathered_{{name}}.log"
        conda:
            ENVIRONMENT
        script: script_path("gathered")

    rule gathered_exact:
        message: "Combining the grades and years of the exact frontier {wildcards.name}"
        input:
            vertices=expand(f"{SOLVED}/exact/{{{{name}}}}.parquet", cell=CELLS),
            moves=expand(f"{SOLVED}/exact/{{{{name}}}}_moves.parquet", cell=CELLS),
            code=code("gathered_exact"),
        output:
            vertices=f"{PRIVATE}/allocation/exact/{{name}}.parquet",
            moves=f"{PRIVATE}/allocation/exact/{{name}}_moves.parquet",
        wildcard_constraints:
            name="|".join("_".join(plan) for plan in EXACT),
        params:
            code=code_fingerprint("gathered_exact"),
        log: f"{LOGS}/gathered_exact_{{name}}.log"
        conda:
            ENVIRONMENT
        script: script_path("gathered_exact")


rule exact_frontiers:
    message: "Summing the exact frontiers over grades and years"
    input:
        vertices=[f"{PRIVATE}/allocation/exact/{'_'.join(plan)}.parquet" for plan in EXACT],
        code=code("exact_frontiers"),
    output:
        frontiers=f"{PRIVATE}/exact_frontiers.parquet",
    params:
        code=code_fingerprint("exact_frontiers"),
        labels=EXACT,
    log: f"{LOGS}/exact_frontiers.log"
    conda:
        ENVIRONMENT
    script: script_path("exact_frontiers")


rule frontiers:
    message: "Computing both groups' gains of all plans by social weight"
    input:
        slots=f"{PRIVATE}/allocation/slots.parquet",
        plans=[f"{PRIVATE}/allocation/plans/{'_'.join(plan)}.parquet" for plan in PLANS],
        certificates=[f"{PRIVATE}/allocation/certificates/{'_'.join(plan)}.csv" for plan in PLANS],
        code=code("frontiers"),
    output:
        frontiers=f"{PRIVATE}/frontiers.csv",
    params:
        code=code_fingerprint("frontiers"),
        labels=PLANS,
        subject_weight_ela=config["welfare"]["subject_weight_ela"],
    log: f"{LOGS}/frontiers.log"
    conda:
        ENVIRONMENT
    script: script_path("frontiers")
