"""Place all applicants by every plan, and compare it with benchmarks of its own composition."""

from welfare_added.admissions.comparison import compare
from welfare_added.admissions.placed_plans import named
from welfare_added.admissions.plan_tables import all_plan_tables
from welfare_added.admissions.plans import wanted_class
from welfare_added.admissions.setting import places_by_name, read_setting
from welfare_added.admissions.targets import check_targets
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet


def main(files, outputs, *, tuned_at, tiers, targets):
    setting, applicants, names = read_setting(files, tiers, targets)
    check_targets(setting, names)
    places = places_by_name(names, tuned_at)
    wanted = {at: wanted_class(setting, at) for at in places.values()}
    tables = all_plan_tables(setting, names, wanted)
    ids = applicants["applicant_id"].to_numpy()
    write_parquet(named(tables.assignments, ids, names), outputs["assignments"])
    write_csv(tables.plans, outputs["plans"])
    write_csv(tables.classes, outputs["classes"])
    compared = compare(setting, places)
    write_csv(compared.efficiency, outputs["efficiency"])
    write_csv(compared.benchmarks, outputs["benchmarks"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
