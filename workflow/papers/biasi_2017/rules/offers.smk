# Districts' offers and teachers' choices (sections 7 and 8, appendix E).
OFFER = CHOICES["offers"]
TWO_SIDED = ("fit", "elasticities", "moments", "shadow_prices", "schemes", "schemes_by_reading")
LABORATORY = ("laboratory", "laboratory_prices", "likelihoods", "ways")


rule two_sided:
    message: "Estimating the two-sided model, and trying out pay for value added"
    input:
        inputs=of_paper("calibration/inputs.yaml"),
        **records_of(MARKET),
        panel=panel_of(MARKET),
        code=code("two_sided"),
    output:
        **{name: f"{OFFERS}/{name}.csv" for name in TWO_SIDED},
    params:
        code=code_fingerprint("two_sided"),
        periods=PERIODS,
        equation={name: SALARY_CHOICES[name] for name in ("method", "function")},
        chosen={name: OFFER[name] for name in OFFER if name != "laboratory"},
        named=NAMED,
        study={"first_post_year": FIRST_POST_YEAR, "class_years": CHOICES["pay"]["class_years"]},
    priority: 2
    resources: mem_mb=4000
    log: f"{LOGS}/two_sided.log"
    conda:
        ENVIRONMENT
    script: script_path("two_sided")


rule estimates:
    message: "Setting estimates of the two-sided model beside what was planted"
    input:
        fit=f"{OFFERS}/fit.csv",
        **({"truth": f"{of_world(MARKET, 'truth')}/parameters.parquet"} if SYNTHETIC else {}),
        code=code("estimates"),
    output:
        estimates=f"{OFFERS}/estimates.csv",
    params:
        code=code_fingerprint("estimates"),
    log: f"{LOGS}/estimates.log"
    conda:
        ENVIRONMENT
    script: script_path("estimates")


rule readings:
    message: "Setting readings of pay for value added beside what the paper states"
    input:
        readings=f"{OFFERS}/schemes_by_reading.csv",
        claims=of_paper("claims.yaml"),
        code=code("readings"),
    output:
        readings=f"{OFFERS}/readings.csv",
    params:
        code=code_fingerprint("readings"),
    log: f"{LOGS}/readings.log"
    conda:
        ENVIRONMENT
    script: script_path("readings")


rule laboratory:
    message: "Estimating the two-sided model in markets whose constraints bind"
    input:
        code=code("laboratory"),
    output:
        **{name: f"{OFFERS}/{name}.csv" for name in LABORATORY},
    params:
        code=code_fingerprint("laboratory"),
        rules=OFFER["rules"],
        **OFFER["laboratory"],
    priority: 1
    log: f"{LOGS}/laboratory.log"
    conda:
        ENVIRONMENT
    script: script_path("laboratory")


OFFER_FILES = [*rules.two_sided.output, *rules.estimates.output, *rules.readings.output, *rules.laboratory.output]
