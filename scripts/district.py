from welfare_added.district.combination_classes import as_chosen
from welfare_added.district.export import Export
from welfare_added.district.improbable import refuse_unconfirmed
from welfare_added.district.layout import read_layout
from welfare_added.district.plausibility import checked_sample
from welfare_added.district.reading import read_tables
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet


def main(files: dict, outputs: dict, *, export: dict, confirmed: dict, **chosen) -> None:
    layout = read_layout(files["layout"], files["layout_schema"])
    export = Export(**export)
    raw = as_chosen(read_tables(layout.among(files), layout, export), export)
    sample, _, warnings = checked_sample(raw, **chosen)
    refuse_unconfirmed(warnings, confirmed)
    write_parquet(sample.students, outputs["students"])
    write_parquet(sample.classes, outputs["classes"])
    write_parquet(sample.outcomes, outputs["outcomes"])
    write_csv(sample.steps, outputs["steps"])


if "snakemake" in globals():
    with job(snakemake):
        main(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            **choices(snakemake.params),
        )
