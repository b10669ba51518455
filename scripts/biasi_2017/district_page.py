"""Check the raw tables alone, and describe them and who can be studied."""

from welfare_added.district.overview import overview, page
from welfare_added.pay.choices import pay_choices
from welfare_added.pay.record_files import read_raw
from welfare_added.pay.records_overview import records_overview
from welfare_added.run.job import choices, job
from welfare_added.run.writing import as_json, write_text


def main(files, outputs, *, export, chosen, skipped, exhibits):
    raw = read_raw(files, export)
    content = overview(raw, records_overview(raw, pay_choices(chosen)), skipped, exhibits)
    write_text(page(content, files["template"]), outputs["page"])
    write_text(as_json(content["warnings"]), outputs["warnings"])


if "snakemake" in globals():
    with job(snakemake):
        main(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            **choices(snakemake.params),
        )
