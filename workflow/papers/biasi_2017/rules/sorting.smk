# Matched districts, and who moves, leaves and stays (sections 5 and 6, appendix C).
MATCHING = CHOICES["matching"]
SORT = CHOICES["sorting"]
COMPARED = ("characteristics", "handbooks", "probit", "samples", "matches", "densities")
EVENT_TABLES = ("movers_incumbents", "movers_salaries", "exiters_stayers", "exiters_salaries")
REGRESSIONS = ("movers", "exiters", "workforce", *EVENT_TABLES, "other_four_covariates", "other_propensity", "wild_bootstrap", "randomisation")
TRENDS = ("moving_shares", "leaving_shares", "movers_periods", "exiters_periods", "workforce_periods", "trends_before")
SAMPLES = {"matches": f"{SORTING}/matches.csv"}


rule matching:
    message: "Matching districts, and comparing those of either scheme"
    input:
        panel=panel_of("panel"),
        **{name: records_of("panel")[name] for name in ("districts", "cells")},
        code=code("matching"),
    output:
        district_years=f"{SORTING}/district_years.parquet",
        **{name: f"{SORTING}/{name}.csv" for name in COMPARED},
    params:
        code=code_fingerprint("matching"),
        chosen=MATCHING,
    log: f"{LOGS}/matching.log"
    conda:
        ENVIRONMENT
    script: script_path("matching")


rule regressions:
    message: "Estimating who moves, leaves and stays"
    input:
        panel=panel_of("panel"),
        **SAMPLES,
        code=code("regressions"),
    output:
        **{name: f"{SORTING}/{name}.csv" for name in REGRESSIONS},
    params:
        code=code_fingerprint("regressions"),
        weights=MATCHING["weights"],
        **{name: SORT[name] for name in ("bootstrap", "randomisation")},
    priority: 1
    resources: mem_mb=4000
    log: f"{LOGS}/regressions.log"
    conda:
        ENVIRONMENT
    script: script_path("regressions")


rule trends:
    message: "Tabulating who moves, leaves and stays by year"
    input:
        panel=panel_of("panel"),
        **SAMPLES,
        code=code("trends"),
    output:
        **{name: f"{SORTING}/{name}.csv" for name in TRENDS},
    params:
        code=code_fingerprint("trends"),
        weights=MATCHING["weights"],
        first_post_year=FIRST_POST_YEAR,
        width=SORT["period_years"],
    resources: mem_mb=3000
    log: f"{LOGS}/trends.log"
    conda:
        ENVIRONMENT
    script: script_path("trends")


rule scores:
    message: "Estimating scores by scheme of pay"
    input:
        panel=panel_of("panel"),
        **{name: records_of("panel")[name] for name in ("cells", "links", "districts")},
        **SAMPLES,
        code=code("scores"),
    output:
        **{name: f"{SORTING}/{name}.csv" for name in ("scores", "scores_full", "mean_scores")},
    params:
        code=code_fingerprint("scores"),
        weights=MATCHING["weights"],
        scale={"year": SORT["score_year"], "spread": CHOICES["grade_means"]["spread"]},
        clusters=[SORT["score_cluster"], SORT["score_cluster_full"]],
        first_post_year=FIRST_POST_YEAR,
    resources: mem_mb=3000
    log: f"{LOGS}/scores.log"
    conda:
        ENVIRONMENT
    script: script_path("scores")


rule roy:
    message: "Working out examples of the Roy model"
    input:
        code=code("roy"),
    output:
        roy=f"{SORTING}/roy.csv",
    params:
        code=code_fingerprint("roy"),
        cases=CHOICES["roy"],
    log: f"{LOGS}/roy.log"
    conda:
        ENVIRONMENT
    script: script_path("roy")


SORTING_FILES = [
    *rules.matching.output,
    *rules.regressions.output,
    *rules.trends.output,
    *rules.scores.output,
    *rules.roy.output,
]
