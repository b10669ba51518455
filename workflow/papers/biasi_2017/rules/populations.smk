# For confidential records: the persons behind published numbers.
POPULATION_FILES = []

if RESTRICTED:

    rule populations:
        message: "Counting the teachers and pupils behind published numbers"
        input:
            panel=panel_of("panel"),
            **{f"panel_{name}": records_of("panel")[name] for name in ("cells", "districts")},
            **SAMPLES,
            **records_of(MARKET),
            market_panel=panel_of(MARKET),
            code=code("populations"),
        output:
            populations=f"{PRIVATE}/populations.csv",
        params:
            code=code_fingerprint("populations"),
            panel={
                "periods": PERIODS,
                "width": SORT["period_years"],
                "most_years": SALARY_CHOICES["most_years"]["table_3"],
                "subjects": SALARY_CHOICES["premia"],
                "years": MATCHING["years"],
            },
            weights=MATCHING["weights"],
            first_post_year=FIRST_POST_YEAR,
            market={
                "periods": PERIODS,
                "equation": {name: SALARY_CHOICES[name] for name in ("method", "function")},
                "chosen": {
                    **{name: OFFER[name] for name in ("year", "past_year", "left_out_markets", "handbooks_only", "growth")},
                    "first_post_year": FIRST_POST_YEAR,
                    "class_years": CHOICES["pay"]["class_years"],
                },
            },
            district=NAMED[OFFER["district"]],
        resources: mem_mb=4000
        log: f"{LOGS}/populations.log"
        conda:
            ENVIRONMENT
        script: script_path("populations")

    POPULATION_FILES = rules.populations.output
