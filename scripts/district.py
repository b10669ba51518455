from welfare_added.district.export import Export
from welfare_added.district.layout import read_layout
from welfare_added.district.sample import analysis_sample
from welfare_added.district.tables import read_district_files
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet


def main(files: dict, outputs: dict, *, export: dict, **chosen) -> None:
    layout = read_layout(files["layout"], files["layout_schema"])
    district = read_district_files(layout.among(files), layout, Export(**export))
    sample = analysis_sample(district, **chosen)
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
