# The market of one cycle: policies, stable allocations, the planner's frontier, ranks, fit, uncertainty, table 7.
ASSEMBLED = market_files()
ASSEMBLY = {
    "cycle": config["market"]["cycle"],
    "least_applications": config["market"]["least_applications"],
    **COMMUTE,
    "coefficients": config["market"]["random_coefficients"],
    "absolute_advantage": config["preferences"]["absolute_advantage"],
    "experienced": config["market"]["experienced"],
}
SIMULATION = {
    name: config["market"][name]
    for name in ("runs", "seed", "infeasible", "denominator", "principal_errors", "surplus")
}
MARKET = {f"market_{name}": f"{PRIVATE}/market/{name}.parquet" for name in ("teachers", "positions", "pairs")}
DISTRICT = {
    "forecasts": f"{PRIVATE}/value_added/forecasts.parquet",
    **{name: f"{RECORDS_FOLDER}/{name}.parquet" for name in ("teachers", "schools", "students")},
}


rule market:
    message: "Putting the market's teachers and positions together"
    input:
        **ASSEMBLED,
        code=code("market"),
    output:
        **MARKET,
    params:
        code=code_fingerprint("market"),
        **ASSEMBLY,
    log: f"{LOGS}/market.log"
    conda:
        ENVIRONMENT
    script: script_path("market")


rule policies:
    message: "Simulating all policies, and finding all stable allocations"
    input:
        **MARKET,
        code=code("policies"),
    output:
        runs=f"{PRIVATE}/market/runs.parquet",
        policies=f"{PRIVATE}/market/policies.csv",
        stable_sets=f"{PRIVATE}/market/stable_sets.csv",
    params:
        code=code_fingerprint("policies"),
        simulation=SIMULATION,
    threads: 1
    priority: 1  # others wait for it, or it is long and nothing else is left to do beside it
    log: f"{LOGS}/policies.log"
    conda:
        ENVIRONMENT
    script: script_path("policies")


rule market_frontier:
    message: "Tracing the frontier between achievement and teachers' utility in every run"
    input:
        **MARKET,
        runs=rules.policies.output.runs,
        code=code("market_frontier"),
    output:
        frontier=f"{PRIVATE}/market/frontier.csv",
        payments=f"{PRIVATE}/market/payments.csv",
        numbers=f"{PRIVATE}/market/frontier_numbers.csv",
    params:
        code=code_fingerprint("market_frontier"),
        simulation=SIMULATION,
        points=config["market"]["frontier_points"],
        options=config["market"]["bonuses"]["options"],
        share_of_gain=config["market"]["text"]["share_of_gain"],
    threads: 1
    priority: 1  # others wait for it, or it is long and nothing else is left to do beside it
    log: f"{LOGS}/market_frontier.log"
    conda:
        ENVIRONMENT
    script: script_path("market_frontier")


rule market_ranks:
    message: "Tabulating places in preferences"
    input:
        **MARKET,
        code=code("market_ranks"),
    output:
        **{
            name: f"{PRIVATE}/market/{name}.csv"
            for name in ("ranks", "own_rank", "top_choice", "sample", "sorting")
        },
        numbers=f"{PRIVATE}/market/rank_numbers.csv",
    params:
        code=code_fingerprint("market_ranks"),
        simulation=SIMULATION,
        bins=config["market"]["bins"],
        **{name: config["market"]["text"][name] for name in ("strong_from", "minutes")},
    log: f"{LOGS}/market_ranks.log"
    conda:
        ENVIRONMENT
    script: script_path("market_ranks")


rule market_fit:
    message: "Comparing who teaches where with the data"
    input:
        **MARKET,
        **DISTRICT,
        code=code("market_fit"),
    output:
        fit=f"{PRIVATE}/market/fit.csv",
        lines=f"{PRIVATE}/market/fit_slopes.csv",
    params:
        code=code_fingerprint("market_fit"),
        simulation=SIMULATION,
        bins=config["market"]["bins"],
        year=config["market"]["cycle"],
        experienced=config["market"]["experienced"],
    log: f"{LOGS}/market_fit.log"
    conda:
        ENVIRONMENT
    script: script_path("market_fit")


rule market_uncertainty:
    message: "Carrying the estimates' uncertainty through the market"
    input:
        **ASSEMBLED,
        runs=rules.policies.output.runs,
        code=code("market_uncertainty"),
    output:
        by_draw=f"{PRIVATE}/market/gains_by_draw.parquet",
        uncertainty=f"{PRIVATE}/market/uncertainty.csv",
    params:
        code=code_fingerprint("market_uncertainty"),
        simulation=SIMULATION,
        assembly=ASSEMBLY,
        **config["market"]["uncertainty"],
    threads: 1
    priority: 1  # others wait for it, or it is long and nothing else is left to do beside it
    log: f"{LOGS}/market_uncertainty.log"
    conda:
        ENVIRONMENT
    script: script_path("market_uncertainty")


rule market_numbers:
    message: "Calculating the text's numbers of the market"
    input:
        **MARKET,
        **{name: f"{PRIVATE}/market/{name}.csv" for name in ("policies", "frontier", "bonuses", "ranks", "own_rank")},
        frontier_numbers=rules.market_frontier.output.numbers,
        rank_numbers=rules.market_ranks.output.numbers,
        moved=f"{PRIVATE}/reallocation_moved.csv",
        replaced=f"{PRIVATE}/reallocation_replacement.csv",
        code=code("market_numbers"),
    output:
        numbers=f"{PRIVATE}/market/text_numbers.csv",
    params:
        code=code_fingerprint("market_numbers"),
        runs=config["market"]["runs"],
        **{name: config["market"]["text"][name] for name in ("spending", "moved", "replaced")},
    log: f"{LOGS}/market_numbers.log"
    conda:
        ENVIRONMENT
    script: script_path("market_numbers")


# Rows of table 7: what differs from the baseline in the market, and whose choice sets and preferences it has.
ROWS = {
    "baseline": {},
    **{f"year_{year}": {"market": {"cycle": year}} for year in config["market"]["other_cycles"]},
    "buffer_7": {"window": "buffer", "teachers": "buffer"},
    "first_day": {"window": "first_day", "teachers": "first_day"},
    "drop_single": {"market": {"least_applications": 2}, "teachers": "drop_single"},
    "teachers_none": {"teachers": "no_effects"},
    **{
        f"teachers_{row}": {"teachers": row}
        for row in (
            *("school_fe", "school_re", "teacher_fe", "teacher_re", "teacher_re_school_fe"),
            *("teacher_fe_school_fe", "correlated"),
        )
    },
    "principals_two_weeks": {"principals": "near_hire"},
    "principals_first_half": {"principals": "first_half"},
    "principals_second_half": {"principals": "second_half"},
    "principals_rank_all": {"principals": "ranked"},
    "principals_rank_active": {"principals": "ranked_active"},
    "principals_hire_only": {"principals": "hired_only"},
    "constant_class_size": {
        "market": {"constant_class_size": True},
        **{side: "constant_class_size" for side in ("teachers", "principals")},
    },
}
# Rows that this run does not make: studies of their own, and cycles of the printed table that are not chosen.
NOT_MADE = {
    f"split_{name}": f"another study: set district.split to {split} in config.yaml"
    for name, split in (("achievement", "lagged_median"), ("race", "race"))
}
if WITH_CLAIMS:  # which compare every printed row
    NOT_MADE |= {
        f"year_{year}": "not among market.other_cycles in config.yaml"
        for year in (2012, 2013, 2014, 2015, 2017)
        if year not in config["market"]["other_cycles"]
    }
NOT_MADE |= {
    row: "on request: take it from market.rows_on_request in config.yaml"
    for row in config["market"]["rows_on_request"]
}


rule robustness_row:
    message: "Making row {wildcards.row} of table 7"
    input:
        unpack(of_market),
        code=code("robustness_row"),
    output:
        row=f"{PRIVATE}/robustness/{{row}}.csv",
    params:
        code=code_fingerprint("robustness_row"),
        row="{row}",
        note="",
        simulation=lambda wildcards: {**SIMULATION, **({"surplus": "drop"} if wildcards.row.startswith("year_") else {})},
        assembly=lambda wildcards: {**ASSEMBLY, **ROWS[wildcards.row].get("market", {})},
    wildcard_constraints:
        row="|".join(ROWS),
    threads: 1
    log: f"{LOGS}/robustness_{{row}}.log"
    conda:
        ENVIRONMENT
    script: script_path("robustness_row")


rule robustness:
    message: "Putting the rows of table 7 together"
    input:
        rows=expand(rules.robustness_row.output.row, row=[row for row in ROWS if row not in NOT_MADE]),
        reallocation=f"{PRIVATE}/reallocation.csv",
        district=f"{PRIVATE}/reallocation_district.csv",
        code=code("robustness"),
    output:
        robustness=f"{PRIVATE}/robustness.csv",
    params:
        code=code_fingerprint("robustness"),
        notes=NOT_MADE,
    log: f"{LOGS}/robustness.log"
    conda:
        ENVIRONMENT
    script: script_path("robustness")
