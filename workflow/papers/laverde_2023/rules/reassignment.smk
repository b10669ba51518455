# Reassignment, year by year, and all years together.
YEARS = range(config["district"]["years"][0], config["district"]["years"][1] + 1)
REASSIGN = config["reassignment"]


DRAWN = [f"{REASSIGNMENT}/{year}/draws.npz" for year in YEARS]
YEAR_FILES = [*DRAWN, *(f"{REASSIGNMENT}/{year}/plans.parquet" for year in YEARS)]


rule reassignment_year:
    message: "Reassigning the teachers of {wildcards.year}"
    input:
        **READS_TABLES,
        chains=chains_of("study"),
        code=code("reassignment_year"),
    output:
        plans=f"{REASSIGNMENT}/{{year}}/plans.parquet",
        draws=f"{REASSIGNMENT}/{{year}}/draws.npz",
    wildcard_constraints:
        year=r"\d{4}",
    params:
        code=code_fingerprint("reassignment_year"),
        **TABLE_CHOICES,
        sampler=SAMPLER,
        past={**PLAIN, **LENGTHS["past"]} if REASSIGN["feasible"] else {},
        year=lambda wildcards: int(wildcards.year),
        draws=DRAWS,
        shocks=REASSIGN["consent"] == "with_errors",
        **{name: REASSIGN[name] for name in ("applicants", "proficient", "aims", "errors", "random_draws", "seed")},
    threads: 1
    priority: 1
    resources: mem_mb=2000
    log: f"{LOGS}/reassignment_{{year}}.log"
    conda:
        ENVIRONMENT
    script: script_path("reassignment_year")


rule reassignment:
    message: "Pooling the reassignments of all years"
    input:
        **READS_TABLES,
        draws=DRAWN,
        code=code("reassignment"),
    output:
        **{name: f"{REASSIGNMENT}/{name}.csv" for name in ("gains", "parts", "people", "certificates", "years")},
        numbers=f"{REASSIGNMENT}/text_numbers.csv",
    params:
        code=code_fingerprint("reassignment"),
        **TABLE_CHOICES,
        rankings=RANKINGS,
    log: f"{LOGS}/reassignment.log"
    conda:
        ENVIRONMENT
    script: script_path("reassignment")
