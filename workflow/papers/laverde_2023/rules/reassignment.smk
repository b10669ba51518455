# Reassignment, year by year, and all years together.
YEARS = range(config["district"]["years"][0], config["district"]["years"][1] + 1)
YEAR_TABLES = ("plans", "results", "gains", "sizes", "selected")
REASSIGN = config["reassignment"]


def of_years(name):
    """Files of a table of all years."""
    return [f"{REASSIGNMENT}/{year}/{name}.parquet" for year in YEARS]


YEAR_FILES = [path for name in YEAR_TABLES for path in of_years(name)]


rule reassignment_year:
    message: "Reassigning the teachers of {wildcards.year}"
    input:
        **READS_TABLES,
        chains=chains_of("study"),
        code=code("reassignment_year"),
    output:
        **{name: f"{REASSIGNMENT}/{{year}}/{name}.parquet" for name in YEAR_TABLES},
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
        **{name: of_years(name) for name in ("results", "gains", "sizes", "selected")},
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
