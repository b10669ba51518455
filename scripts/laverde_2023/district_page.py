"""Check the raw tables alone, and describe them and who can be studied."""

from welfare_added.district.overview import overview, page
from welfare_added.run.job import choices, job
from welfare_added.run.writing import as_json, write_text
from welfare_added.transfers.records_overview import records_overview
from welfare_added.transfers.study_files import read_design


def main(files, outputs, *, export, study, rankings, skipped, exhibits):
    raw, design = read_design(files, export, study, rankings)
    content = overview(raw, records_overview(raw, design), skipped, exhibits)
    write_text(page(content, files["template"]), outputs["page"])
    write_text(as_json(content["warnings"]), outputs["warnings"])


if "snakemake" in globals():
    with job(snakemake):
        main(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            **choices(snakemake.params),
        )
