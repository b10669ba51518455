from welfare_added.district.files import TABLES
from welfare_added.district.reading import read_tables
from welfare_added.district.sample import analysis_sample
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet


def main(files: dict, outputs: dict, *, columns: dict, **chosen) -> None:
    district = read_tables({table: files[table] for table in TABLES if table in files}, columns)
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
