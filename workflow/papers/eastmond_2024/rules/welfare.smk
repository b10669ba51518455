WELFARE = f"{PRIVATE}/welfare"
STUDENTS = f"{PRIVATE}/district/students.parquet"
SLOTS = f"{PRIVATE}/allocation/slots.parquet"
# Only a synthetic district has true effects to compare estimates with.
TRUE_EFFECTS = f"{PRIVATE}/truth/value_added.parquet" if SYNTHETIC else []
TWO_PREDICTORS = SYNTHETIC and config["value_added"]["estimator"] == "leave_year_out"
WELFARE_TABLES = (
    *("gaps", "equal_gain_index", "winners", "status_quo", "earnings", "subjects", "ces", "mvpf"),
    *("deselection", "text_numbers", "tie_breaks", "school_gains"),
)
OF_THE_TRUTH = ("bias", "conditions")
OF_PREDICTORS = ("delivered", "accuracy")
WELFARE_FILES = [
    *(f"{WELFARE}/{name}.csv" for name in WELFARE_TABLES),
    *([f"{WELFARE}/{name}.csv" for name in OF_THE_TRUTH] if SYNTHETIC else []),
    *([f"{WELFARE}/{name}.csv" for name in OF_PREDICTORS] if TWO_PREDICTORS else []),
    f"{WELFARE}/ranking.parquet",
]


GROUP_PLANS = plan_labels(["ela", "math", "both"])
CONDITIONS_PLANS = plan_labels(["ela", "math", "both"], ["heterogeneous"])
EARNINGS_PLANS = plan_labels(["both"])
SUBJECT_PLANS = plan_labels(["subjects"], ["heterogeneous"])
CES_PLANS = plan_labels(["ces"], ["heterogeneous"])
STANDARD_MATH_PLANS = plan_labels(["math"], ["standard"])
TIED_PLANS = GROUP_PLANS + SUBJECT_PLANS


rule gaps:
    message: "Computing the change in achievement and racial gaps under each plan"
    input:
        slots=SLOTS,
        students=STUDENTS,
        plans=plan_files(GROUP_PLANS),
        code=code("gaps"),
    output:
        gaps=f"{WELFARE}/gaps.csv",
    params:
        labels=GROUP_PLANS,
        code=code_fingerprint("gaps"),
        weights=config["allocation"]["weights"],
        weight_ela=config["welfare"]["subject_weight_ela"],
    log: f"{LOGS}/gaps.log"
    conda:
        ENVIRONMENT
    script: script_path("gaps")


rule equal_gain_index:
    message: "Comparing plans by their equal-gain index"
    input:
        slots=SLOTS,
        students=STUDENTS,
        frontiers=f"{PRIVATE}/frontiers.csv",
        code=code("equal_gain_index"),
    output:
        table=f"{WELFARE}/equal_gain_index.csv",
    params:
        code=code_fingerprint("equal_gain_index"),
        weight_ela=config["welfare"]["subject_weight_ela"],
    log: f"{LOGS}/equal_gain_index.log"
    conda:
        ENVIRONMENT
    script: script_path("equal_gain_index")


rule winners:
    message: "Counting students who win and lose"
    input:
        slots=SLOTS,
        students=STUDENTS,
        plans=plan_files(GROUP_PLANS),
        code=code("winners"),
    output:
        winners=f"{WELFARE}/winners.csv",
    params:
        labels=GROUP_PLANS,
        code=code_fingerprint("winners"),
        weights=config["allocation"]["weights"],
        weight_ela=config["welfare"]["subject_weight_ela"],
    log: f"{LOGS}/winners.log"
    conda:
        ENVIRONMENT
    script: script_path("winners")


rule school_gains:
    message: "Comparing gains of lower-scoring students between schools"
    input:
        slots=SLOTS,
        students=STUDENTS,
        plans=plan_files(GROUP_PLANS),
        code=code("school_gains"),
    output:
        gains=f"{WELFARE}/school_gains.csv",
    params:
        labels=GROUP_PLANS,
        code=code_fingerprint("school_gains"),
        weights=config["allocation"]["weights"],
    log: f"{LOGS}/school_gains.log"
    conda:
        ENVIRONMENT
    script: script_path("school_gains")


rule status_quo:
    message: "Measuring losses within schools in the status quo"
    input:
        slots=SLOTS,
        students=STUDENTS,
        code=code("status_quo"),
    output:
        status_quo=f"{WELFARE}/status_quo.csv",
    params:
        code=code_fingerprint("status_quo"),
        weight_ela=config["welfare"]["subject_weight_ela"],
    log: f"{LOGS}/status_quo.log"
    conda:
        ENVIRONMENT
    script: script_path("status_quo")


rule earnings:
    message: "Valuing plans for both subjects by lifetime earnings"
    input:
        slots=SLOTS,
        students=STUDENTS,
        plans=plan_files(EARNINGS_PLANS),
        code=code("earnings"),
    output:
        earnings=f"{WELFARE}/earnings.csv",
    params:
        labels=EARNINGS_PLANS,
        code=code_fingerprint("earnings"),
        weights=config["allocation"]["weights"],
        earnings_per_sd=config["welfare"]["earnings_per_sd"],
        lifetime_multiplier=config["welfare"]["lifetime_multiplier"],
    log: f"{LOGS}/earnings.log"
    conda:
        ENVIRONMENT
    script: script_path("earnings")


rule subjects:
    message: "Valuing plans by their weight on ELA"
    input:
        slots=SLOTS,
        students=STUDENTS,
        plans=plan_files(SUBJECT_PLANS),
        code=code("subjects"),
    output:
        subjects=f"{WELFARE}/subjects.csv",
    params:
        labels=SUBJECT_PLANS,
        code=code_fingerprint("subjects"),
        weights=config["allocation"]["weights"],
        earnings_per_sd=config["welfare"]["earnings_per_sd"],
        lifetime_multiplier=config["welfare"]["lifetime_multiplier"],
    log: f"{LOGS}/subjects.log"
    conda:
        ENVIRONMENT
    script: script_path("subjects")


rule ces:
    message: "Valuing the CES planner's plans by lifetime earnings"
    input:
        slots=SLOTS,
        students=STUDENTS,
        plans=plan_files(CES_PLANS),
        code=code("ces"),
    output:
        ces=f"{WELFARE}/ces.csv",
    params:
        labels=CES_PLANS,
        code=code_fingerprint("ces"),
        gammas=config["allocation"]["ces_gammas"],
        earnings_per_sd=config["welfare"]["earnings_per_sd"],
        lifetime_multiplier=config["welfare"]["lifetime_multiplier"],
    log: f"{LOGS}/ces.log"
    conda:
        ENVIRONMENT
    script: script_path("ces")


rule tie_breaks:
    message: "Measuring how much depends on which of several optimal plans is taken"
    input:
        slots=SLOTS,
        students=STUDENTS,
        plans=plan_files(TIED_PLANS),
        code=code("tie_breaks"),
    output:
        table=f"{WELFARE}/tie_breaks.csv",
    params:
        code=code_fingerprint("tie_breaks"),
        labels=TIED_PLANS,
        weights=config["allocation"]["weights"],
        weight_ela=config["welfare"]["subject_weight_ela"],
        earnings_per_sd=config["welfare"]["earnings_per_sd"],
        lifetime_multiplier=config["welfare"]["lifetime_multiplier"],
        draws=config["allocation"]["tie_breaks"],
        seed=config["allocation"]["seed"],
        ends=config["allocation"]["ends"],
        ties=config["allocation"]["ties"],
    log: f"{LOGS}/tie_breaks.log"
    conda:
        ENVIRONMENT
    script: script_path("tie_breaks")


rule public_funds:
    message: "Computing the marginal value of public funds of teacher bonuses"
    input:
        slots=SLOTS,
        students=STUDENTS,
        earnings=f"{WELFARE}/earnings.csv",
        code=code("public_funds"),
    output:
        mvpf=f"{WELFARE}/mvpf.csv",
    params:
        code=code_fingerprint("public_funds"),
        tax_rate=config["welfare"]["tax_rate"],
        bonuses=config["welfare"]["bonuses"],
    log: f"{LOGS}/public_funds.log"
    conda:
        ENVIRONMENT
    script: script_path("public_funds")


rule deselection:
    message: "Comparing reallocation with deselection"
    input:
        slots=SLOTS,
        students=STUDENTS,
        frontiers=f"{PRIVATE}/frontiers.csv",
        code=code("deselection"),
    output:
        deselection=f"{WELFARE}/deselection.csv",
    params:
        code=code_fingerprint("deselection"),
        ranking_weight=config["welfare"]["ranking_weight"],
        weight_ela=config["welfare"]["subject_weight_ela"],
        deselected_share=config["welfare"]["deselected_share"],
    log: f"{LOGS}/deselection.log"
    conda:
        ENVIRONMENT
    script: script_path("deselection")


rule ranking:
    message: "Ranking teachers on a representative class"
    input:
        value_added=f"{PRIVATE}/value_added.parquet",
        students=STUDENTS,
        code=code("ranking"),
    output:
        ranking=f"{WELFARE}/ranking.parquet",
    params:
        code=code_fingerprint("ranking"),
        ranking_weight=config["welfare"]["ranking_weight"],
        weight_ela=config["welfare"]["subject_weight_ela"],
    log: f"{LOGS}/ranking.log"
    conda:
        ENVIRONMENT
    script: script_path("ranking")


rule bias:
    message: "Decomposing the bias of estimated welfare against the truth"
    input:
        slots=SLOTS,
        students=STUDENTS,
        plans=plan_files(GROUP_PLANS),
        truth=TRUE_EFFECTS,
        code=code("bias"),
    output:
        bias=f"{WELFARE}/bias.csv",
    params:
        labels=GROUP_PLANS,
        code=code_fingerprint("bias"),
        weights=config["allocation"]["weights"],
        weight_ela=config["welfare"]["subject_weight_ela"],
        bias_weight=config["welfare"]["bias_weight"],
        premium=config["welfare"]["bias_premium"],
    log: f"{LOGS}/bias.log"
    conda:
        ENVIRONMENT
    script: script_path("bias")


if SYNTHETIC:

    rule conditions:
        message: "Checking the conditions under which effects by group lower the bias"
        input:
            slots=SLOTS,
            students=STUDENTS,
            plans=plan_files(CONDITIONS_PLANS),
            truth=TRUE_EFFECTS,
            code=code("conditions"),
        output:
            conditions=f"{WELFARE}/conditions.csv",
        params:
            labels=CONDITIONS_PLANS,
            code=code_fingerprint("conditions"),
            weights=config["allocation"]["weights"],
            weight_ela=config["welfare"]["subject_weight_ela"],
            bias_weight=config["welfare"]["bias_weight"],
            premium=config["welfare"]["bias_premium"],
        log: f"{LOGS}/conditions.log"
        conda:
            ENVIRONMENT
        script: script_path("conditions")


rule text_numbers:
    message: "Computing the numbers of the text that no other table holds"
    input:
        slots=SLOTS,
        students=STUDENTS,
        earnings=f"{WELFARE}/earnings.csv",
        subjects=f"{WELFARE}/subjects.csv",
        usual=plan_files(STANDARD_MATH_PLANS),
        code=code("text_numbers"),
    output:
        text_numbers=f"{WELFARE}/text_numbers.csv",
    params:
        labels=STANDARD_MATH_PLANS,
        code=code_fingerprint("text_numbers"),
        weights=config["allocation"]["weights"],
        earnings_per_sd=config["welfare"]["earnings_per_sd"],
        tax_rate=config["welfare"]["tax_rate"],
        multiplier=config["welfare"]["lifetime_multiplier"],
        discount_rate=config["welfare"]["discount_rate"],
        working_ages=config["welfare"]["working_ages"],
        present_age=config["welfare"]["present_age"],
        published_students=config["welfare"]["published_students"] if SYNTHETIC else None,
    log: f"{LOGS}/text_numbers.log"
    conda:
        ENVIRONMENT
    script: script_path("text_numbers")


if TWO_PREDICTORS:

    rule delivered:
        message: "Comparing the gains that estimates claim with those that their plans deliver"
        input:
            classes=f"{PRIVATE}/district/classes.parquet",
            estimates=f"{PRIVATE}/value_added/predictors.parquet",
            truth=TRUE_EFFECTS,
            code=code("delivered"),
        output:
            gains=f"{WELFARE}/delivered.csv",
            accuracy=f"{WELFARE}/accuracy.csv",
        params:
            code=code_fingerprint("delivered"),
            weights=config["allocation"]["delivered_weights"],
            ends=config["allocation"]["ends"],
            solver=config["allocation"]["solver"],
            tolerance=config["allocation"]["tolerance"],
        resources: **needs(mb=200, minutes=20)
        log: f"{LOGS}/delivered.log"
        conda:
            ENVIRONMENT
        script: script_path("delivered")
