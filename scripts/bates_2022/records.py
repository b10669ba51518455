"""Check the state's raw tables, and derive students, teachers and schools from them."""

from welfare_added.district.checks import check_relations, check_scores
from welfare_added.district.export import Export
from welfare_added.district.layout import read_layout
from welfare_added.district.reading import read_tables
from welfare_added.market.records import study_records
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet


def main(files, outputs, *, export, **chosen):
    layout = read_layout(files["layout"], files["layout_schema"])
    raw = read_tables(layout.among(files), layout, Export(**export))
    check_scores(raw)
    check_relations(raw)
    records = study_records(raw, **chosen)
    for name in ("students", "teachers", "traits", "schools"):
        write_parquet(getattr(records, name), outputs[name])
    write_csv(records.steps, outputs["steps"])


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.output, **choices(snakemake.params))
