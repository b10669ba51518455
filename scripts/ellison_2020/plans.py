"""Place all applicants by every plan, and compare it with benchmarks of its own composition."""

from welfare_added.admissions.comparison import compare
from welfare_added.admissions.placed_plans import named
from welfare_added.admissions.plan_tables import all_plan_tables
from welfare_added.admissions.setting import places_of, read_setting
from welfare_added.admissions.targets import target_at
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv, write_parquet


def main(studied, schools, indices, outputs, *, tuned_at, tiers, targets):
    setting, applicants, names = read_setting(studied, schools, indices, tiers)
    places = places_of(names, tuned_at)
    wanted = {at: target_at(setting, names, at, targets) for at in places}
    tables = all_plan_tables(setting, names, wanted)
    ids = applicants["applicant_id"].to_numpy()
    write_parquet(named(tables.assignments, ids, names), outputs["assignments"])
    write_csv(tables.plans, outputs["plans"])
    write_csv(tables.classes, outputs["classes"])
    compared = compare(setting, dict(zip(tuned_at, places, strict=True)), wanted)
    write_csv(compared.efficiency, outputs["efficiency"])
    write_csv(compared.benchmarks, outputs["benchmarks"])


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.studied,
            snakemake.input.schools,
            snakemake.input.indices,
            snakemake.output,
            tuned_at=snakemake.params.tuned_at,
            tiers=snakemake.params.tiers,
            targets=snakemake.params.targets,
        )
