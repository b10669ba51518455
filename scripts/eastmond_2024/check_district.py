from welfare_added.district.export import Export
from welfare_added.district.layout import read_layout
from welfare_added.district.overview import overview, page
from welfare_added.district.reading import read_tables
from welfare_added.district.sample import analysis_sample
from welfare_added.district.sample_overview import sample_overview
from welfare_added.district.tables import district_of
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_text


def main(files: dict, out: str, *, export: dict, skipped: dict, exhibits: list, **chosen) -> None:
    layout = read_layout(files["layout"], files["layout_schema"])
    export = Export(**export)
    raw = read_tables(layout.among(files), layout, export)
    sample = sample_overview(analysis_sample(district_of(raw, export), **chosen))
    write_text(page(overview(raw, sample, skipped, exhibits), files["template"]), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            dict(snakemake.input.items()),
            snakemake.output.page,
            **choices(snakemake.params),
        )
