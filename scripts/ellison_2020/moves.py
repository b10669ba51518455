"""Tabulate the tiers of applications against those of addresses (tables A.3 and A.4)."""

import pandas as pd

from welfare_added.admissions.incentive import with_samples
from welfare_added.admissions.moves import move_tables, moving_rate
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(files, outputs, *, cohorts, listed, lists, plan, same_tier_grades, **more):
    applicants = pd.read_parquet(files["applicants"])
    applicants = applicants[applicants["application_year"].between(*cohorts)]
    schools = pd.read_csv(files["schools"], dtype={"school_id": str})
    sampled = with_samples(applicants, schools, listed, plan, all_of_them=lists == "all")
    enrolments, tracts = pd.read_parquet(files["enrolments"]), pd.read_parquet(files["tracts"])
    same, more["all_tiers"] = tuple(same_tier_grades), range(1, plan["tiers"] + 1)
    given = sampled, enrolments, tracts
    tables = {
        7: move_tables(*given, 7, same_tier_grades=same, **more),
        9: move_tables(*given, 9, **more),
    }
    for name in ("shares", "parts", "counts"):
        parts = [getattr(one, name).assign(grade=grade) for grade, one in tables.items()]
        write_csv(pd.concat(parts), outputs[name])
    rates = [moving_rate(one.parts).assign(grade=grade) for grade, one in tables.items()]
    write_csv(pd.concat(rates), outputs["rates"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
