# Salaries by scheme of pay (section 4), and what the state's teachers look like.
SALARY_CHOICES = CHOICES["salaries"]
STATE_TABLES = ("teachers", "schedules", "printed_schedule", "against_schedule", "schedule_gaps", "flows", "new_teachers", "coverage")
SALARY_TABLES = ("interquantile", "pay_for_quality", "fit_lines", "premia")
DELTA_TABLES = ("deltas", "delta_districts", "delta_density", "delta_slopes", "outside")


rule teachers:
    message: "Describing teachers, their schedules and who enters"
    input:
        inputs=of_paper("calibration/inputs.yaml"),
        panel=panel_of("panel"),
        value_added=value_added_of("panel"),
        teacher_years=records_of("panel")["teacher_years"],
        steps=records_of("panel")["steps"],
        code=code("teachers"),
    output:
        **{name: f"{STATE}/{name}.csv" for name in (*STATE_TABLES, "steps")},
    params:
        code=code_fingerprint("teachers"),
        named=NAMED,
        periods=PERIODS,
        first_post_year=FIRST_POST_YEAR,
        class_years=CHOICES["pay"]["class_years"],
        most_years=SALARY_CHOICES["most_years"]["figure_1"],
        tolerance=SALARY_CHOICES["tolerance"],
    resources: mem_mb=3000
    log: f"{LOGS}/teachers.log"
    conda:
        ENVIRONMENT
    script: script_path("teachers")


rule salaries:
    message: "Estimating the dispersion of salaries and their slopes on value added"
    input:
        panel=panel_of("panel"),
        code=code("salaries"),
    output:
        **{name: f"{SALARIES}/{name}.csv" for name in SALARY_TABLES},
    params:
        code=code_fingerprint("salaries"),
        periods=PERIODS,
        most_years=SALARY_CHOICES["most_years"]["table_3"],
        subjects=SALARY_CHOICES["premia"],
        **{name: SALARY_CHOICES[name] for name in ("line", "points", "replications", "seed")},
    resources: mem_mb=3000
    log: f"{LOGS}/salaries.log"
    conda:
        ENVIRONMENT
    script: script_path("salaries")


rule salary_equation:
    message: "Estimating the salary equation of each district"
    input:
        panel=panel_of("panel"),
        characteristics=f"{SORTING}/district_years.parquet",
        code=code("salary_equation"),
    output:
        **{name: f"{SALARIES}/{name}.csv" for name in DELTA_TABLES},
    params:
        code=code_fingerprint("salary_equation"),
        periods=PERIODS,
        years=SALARY_CHOICES["before"],
        **{name: SALARY_CHOICES[name] for name in ("method", "function", "density", "points")},
    resources: mem_mb=3000
    log: f"{LOGS}/salary_equation.log"
    conda:
        ENVIRONMENT
    script: script_path("salary_equation")


SALARY_FILES = [*rules.teachers.output, *rules.salaries.output, *rules.salary_equation.output]

if OTHER_STAFF:

    rule other_flows:
        message: "Tabulating who enters, moves and leaves in a second state"
        input:
            staff=OTHER_STAFF,
            code=code("other_flows"),
        output:
            flows=f"{STATE}/other_flows.csv",
        params:
            code=code_fingerprint("other_flows"),
        log: f"{LOGS}/other_flows.log"
        conda:
            ENVIRONMENT
        script: script_path("other_flows")

    SALARY_FILES += rules.other_flows.output

if SYNTHETIC:

    rule pay_by_measure:
        message: "Estimating slopes of salaries on the planted value added and on its estimates"
        input:
            panel=panel_of("panel"),
            value_added=value_added_of("panel"),
            true_teachers=f"{TRUTH}/teachers.parquet",
            true_districts=f"{TRUTH}/districts.parquet",
            code=code("pay_by_measure"),
        output:
            pay_by_measure=f"{SALARIES}/pay_by_measure.csv",
        params:
            code=code_fingerprint("pay_by_measure"),
            limit=GRADE_MEANS["extreme_sd"],
            periods=PERIODS,
        resources: mem_mb=3000
        log: f"{LOGS}/pay_by_measure.log"
        conda:
            ENVIRONMENT
        script: script_path("pay_by_measure")

    SALARY_FILES += rules.pay_by_measure.output
