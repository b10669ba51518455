# The raw tables checked; who teaches where, and the transfer system as its records show it.
rule checked_system:
    message: "Checking the transfer system's raw tables"
    input:
        **READS_TABLES,
        code=code("checked_system"),
    output:
        variables=f"{SELECTION}/variables.csv",
    params:
        code=code_fingerprint("checked_system"),
        **TABLE_CHOICES,
        rankings=RANKINGS,
    priority: 3  # all other jobs wait for it
    resources: **needs(mb=40)
    log: f"{LOGS}/checked_system.log"
    conda:
        ENVIRONMENT
    script: script_path("checked_system")


rule transfer_system:
    message: "Tabulating who teaches where, and what happened in the transfer system"
    input:
        **READS_TABLES,
        checked=rules.checked_system.output.variables,
        code=code("transfer_system"),
    output:
        **{name: f"{TRANSFERS}/{name}.csv" for name in ("facts", "experience", "experience_slopes", "moves", "move_bins", "evaluations")},
    params:
        code=code_fingerprint("transfer_system"),
        **TABLE_CHOICES,
        rankings=RANKINGS,
        proficient=config["reassignment"]["proficient"],
        **{name: config["transfers"][name] for name in ("experience_bins", "move_bar")},
    resources: **needs(mb=40)
    log: f"{LOGS}/transfer_system.log"
    conda:
        ENVIRONMENT
    script: script_path("transfer_system")
