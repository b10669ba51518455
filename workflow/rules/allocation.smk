from itertools import product

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
# With allocation.frontier: grid the exact frontiers are made on request only. Of confidential records
# they are not shown: from one allocation to the next a few teachers move, who could be told apart.
EXACT_LINE = config["allocation"]["frontier"] == "exact" and not RESTRICTED
EXACT_NAMES = [f"{'_'.join(plan)}{end}" for plan in EXACT for end in ("", "_moves")] if EXACT_LINE else []
EXACT_FILES = [f"{PRIVATE}/allocation/exact/{name}.parquet" for name in EXACT_NAMES]
EXACT_FILES += [f"{PRIVATE}/exact_frontiers.parquet"] if EXACT_LINE else []


rule slots:
    message: "Listing the classes that can be reallocated"
    input:
        classes=f"{PRIVATE}/district/classes.parquet",
        value_added=f"{PRIVATE}/value_added.parquet",
        code=code("slots"),
    output:
        slots=f"{PRIVATE}/allocation/slots.parquet",
    params:
        code=code_fingerprint("slots"),
    log: f"{LOGS}/slots.log"
    benchmark: f"{BENCHMARKS}/slots.tsv"
    conda:
        ENVIRONMENT
    script: script_path("slots")


rule allocation:
    message: "Allocating teachers over all weights: {wildcards.subject}, {wildcards.scope}, {wildcards.information}"
    input:
        slots=f"{PRIVATE}/allocation/slots.parquet",
        code=code("allocation"),
    output:
        plan=f"{PRIVATE}/allocation/plans/{{subject}}_{{scope}}_{{information}}.parquet",
        certificates=f"{PRIVATE}/allocation/certificates/{{subject}}_{{scope}}_{{information}}.csv",
    wildcard_constraints:
        subject="ela|math|both",
        scope="district|school",
        information="heterogeneous|standard",
    params:
        code=code_fingerprint("allocation"),
        subject=lambda wildcards: wildcards.subject,
        scope=lambda wildcards: wildcards.scope,
        information=lambda wildcards: wildcards.information,
        subject_weight_ela=config["welfare"]["subject_weight_ela"],
        weights=config["allocation"]["weights"],
        ends=config["allocation"]["ends"],
        solver=config["allocation"]["solver"],
        tolerance=config["allocation"]["tolerance"],
    log: f"{LOGS}/allocation_{{subject}}_{{scope}}_{{information}}.log"
    benchmark: f"{BENCHMARKS}/allocation_{{subject}}_{{scope}}_{{information}}.tsv"
    conda:
        ENVIRONMENT
    script: script_path("allocation")


rule allocation_subjects:
    message: "Allocating teachers over weights of ELA and math: {wildcards.scope}"
    input:
        slots=f"{PRIVATE}/allocation/slots.parquet",
        code=code("allocation_subjects"),
    output:
        plan=f"{PRIVATE}/allocation/plans/subjects_{{scope}}.parquet",
        certificates=f"{PRIVATE}/allocation/certificates/subjects_{{scope}}.csv",
    wildcard_constraints:
        scope="district|school",
    params:
        code=code_fingerprint("allocation_subjects"),
        scope=lambda wildcards: wildcards.scope,
        weights=config["allocation"]["weights"],
        ends=config["allocation"]["ends"],
        solver=config["allocation"]["solver"],
        tolerance=config["allocation"]["tolerance"],
    log: f"{LOGS}/allocation_subjects_{{scope}}.log"
    benchmark: f"{BENCHMARKS}/allocation_subjects_{{scope}}.tsv"
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
        plan=f"{PRIVATE}/allocation/plans/ces_{{scope}}.parquet",
        certificates=f"{PRIVATE}/allocation/certificates/ces_{{scope}}.csv",
    wildcard_constraints:
        scope="district|school",
    params:
        code=code_fingerprint("allocation_ces"),
        scope=lambda wildcards: wildcards.scope,
        gammas=config["allocation"]["ces_gammas"],
        earnings_per_sd=config["welfare"]["earnings_per_sd"],
        mean_earnings=config["welfare"]["mean_annual_earnings"],
        floor=config["allocation"]["ces_floor"],
        solver=config["allocation"]["solver"],
        tolerance=config["allocation"]["tolerance"],
    log: f"{LOGS}/allocation_ces_{{scope}}.log"
    benchmark: f"{BENCHMARKS}/allocation_ces_{{scope}}.tsv"
    conda:
        ENVIRONMENT
    script: script_path("allocation_ces")


rule exact_frontier:
    message: "Tracing the exact frontier: {wildcards.subject}, {wildcards.scope}, {wildcards.information}"
    input:
        slots=f"{PRIVATE}/allocation/slots.parquet",
        code=code("exact_frontier"),
    output:
        vertices=f"{PRIVATE}/allocation/exact/{{subject}}_{{scope}}_{{information}}.parquet",
        moves=f"{PRIVATE}/allocation/exact/{{subject}}_{{scope}}_{{information}}_moves.parquet",
    wildcard_constraints:
        subject="ela|math|both",
        scope="district|school",
        information="heterogeneous|standard",
    params:
        code=code_fingerprint("exact_frontier"),
        subject=lambda wildcards: wildcards.subject,
        scope=lambda wildcards: wildcards.scope,
        information=lambda wildcards: wildcards.information,
        subject_weight_ela=config["welfare"]["subject_weight_ela"],
        tolerance=config["allocation"]["tolerance"],
    log: f"{LOGS}/exact_frontier_{{subject}}_{{scope}}_{{information}}.log"
    benchmark: f"{BENCHMARKS}/exact_frontier_{{subject}}_{{scope}}_{{information}}.tsv"
    conda:
        ENVIRONMENT
    script: script_path("exact_frontier")


rule exact_frontiers:
    message: "Adding up the exact frontiers of all cells"
    input:
        vertices=[f"{PRIVATE}/allocation/exact/{'_'.join(plan)}.parquet" for plan in EXACT],
        code=code("exact_frontiers"),
    output:
        frontiers=f"{PRIVATE}/exact_frontiers.parquet",
    params:
        code=code_fingerprint("exact_frontiers"),
        labels=EXACT,
    log: f"{LOGS}/exact_frontiers.log"
    benchmark: f"{BENCHMARKS}/exact_frontiers.tsv"
    conda:
        ENVIRONMENT
    script: script_path("exact_frontiers")


rule frontiers:
    message: "Measuring the frontiers of all plans"
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
    benchmark: f"{BENCHMARKS}/frontiers.tsv"
    conda:
        ENVIRONMENT
    script: script_path("frontiers")
