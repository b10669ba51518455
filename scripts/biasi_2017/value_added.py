"""Estimate value added from grade means, and join it to teacher-years."""

from welfare_added.grade_means.estimate import estimate_grade_means
from welfare_added.grade_means.scales import standardised
from welfare_added.grade_means.study import component_counts, estimation_choices, jackknife_errors
from welfare_added.pay.record_files import read_records
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet
from welfare_added.sorting.study import study_panel
from welfare_added.value_added.significant import significant_table


def main(files, outputs, *, chosen, scale, groups, panel):
    records = read_records(files)
    cells = standardised(records.cells, **scale)
    tables = cells, records.composition, records.links
    options = estimation_choices(chosen)
    made = estimate_grade_means(*tables, options).to_keep()
    errors = jackknife_errors(*tables, options, groups)
    spreads = made.standard_deviations.merge(errors, on=["level", "subject"], how="left")
    write_parquet(made.value_added, outputs["value_added"])
    write_parquet(study_panel(records.teacher_years, made.value_added, **panel), outputs["panel"])
    write_csv(significant_table(spreads), outputs["standard_deviations"])
    write_csv(significant_table(made.samples), outputs["samples"])
    write_csv(component_counts(made.components), outputs["components"])


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.output, **choices(snakemake.params))
