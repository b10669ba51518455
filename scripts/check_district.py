from welfare_added.district.layout import read_layout
from welfare_added.district.overview import overview, page
from welfare_added.district.sample import analysis_sample
from welfare_added.district.tables import read_district_files
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_text


def main(files: dict, out: str, *, columns: dict, skipped: dict, exhibits: list, **chosen) -> None:
    layout = read_layout(files["layout"], files["layout_schema"])
    district = read_district_files(layout.among(files), layout, columns)
    sample = analysis_sample(district, **chosen)
    content = overview(district, layout, sample, skipped, exhibits)
    write_text(page(content, files["template"]), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            dict(snakemake.input.items()),
            snakemake.output.page,
            **choices(snakemake.params),
        )
