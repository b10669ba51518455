from welfare_added.district.combination_classes import as_chosen
from welfare_added.district.export import Export
from welfare_added.district.improbable import unconfirmed
from welfare_added.district.layout import read_layout
from welfare_added.district.overview import overview, page
from welfare_added.district.plausibility import checked_sample
from welfare_added.district.reading import read_tables
from welfare_added.district.sample_overview import sample_overview
from welfare_added.district.score_figure import score_overview
from welfare_added.run.job import choices, job
from welfare_added.run.writing import as_json, write_text


def main(files, outputs, *, export, skipped, exhibits, confirmed, **chosen):
    layout = read_layout(files["layout"], files["layout_schema"])
    export = Export(**export)
    raw = as_chosen(read_tables(layout.among(files), layout, export), export)
    sample, studied, warnings = checked_sample(raw, **chosen)
    content = overview(raw, sample_overview(sample), skipped, exhibits)
    content |= {"warnings": warnings, "unconfirmed": unconfirmed(warnings, confirmed)}
    content |= {"scores": score_overview(studied)}
    write_text(page(content, files["template"]), outputs["page"])
    write_text(as_json([vars(one) for one in warnings]), outputs["warnings"])


if "snakemake" in globals():
    with job(snakemake):
        main(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            **choices(snakemake.params),
        )
