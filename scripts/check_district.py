from welfare_added.district.files import TABLES
from welfare_added.district.overview import overview, page
from welfare_added.district.reading import read_tables
from welfare_added.district.sample import analysis_sample
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_text


def main(
    files: dict, template: str, out: str, *, columns: dict, skipped: dict, exhibits: list, **chosen
) -> None:
    district = read_tables({table: files[table] for table in TABLES if table in files}, columns)
    sample = analysis_sample(district, **chosen)
    write_text(page(overview(district, sample, skipped, exhibits), template), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            dict(snakemake.input.items()),
            snakemake.input.template,
            snakemake.output.page,
            **choices(snakemake.params),
        )
