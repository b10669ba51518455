"""Check the raw tables alone, and describe them and who can be studied."""

from welfare_added.district.checks import check_relations, check_scores
from welfare_added.district.export import Export
from welfare_added.district.layout import read_layout
from welfare_added.district.overview import overview, page
from welfare_added.district.reading import read_tables
from welfare_added.market.platform_checks import check_platform
from welfare_added.market.records import study_records
from welfare_added.market.records_overview import records_overview
from welfare_added.run.job import choices, job
from welfare_added.run.writing import as_json, write_text


def main(files, outputs, *, export, skipped, exhibits, **chosen):
    layout = read_layout(files["layout"], files["layout_schema"])
    raw = read_tables(layout.among(files), layout, Export(**export))
    check_scores(raw)
    check_relations(raw)
    records = study_records(raw, **chosen)
    check_platform(raw, records.schools, records.traits)
    content = overview(raw, records_overview(records, raw.tables), skipped, exhibits)
    write_text(page(content, files["template"]), outputs["page"])
    write_text(as_json(content["warnings"]), outputs["warnings"])


if "snakemake" in globals():
    with job(snakemake):
        main(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            **choices(snakemake.params),
        )
