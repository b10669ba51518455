from welfare_added import logs
from welfare_added.district.files import TABLES
from welfare_added.district.reading import read_tables
from welfare_added.district.sample import analysis_sample
from welfare_added.tables import write_csv, write_parquet


def main(files: dict[str, str], outputs: dict[str, str], choices: dict, log: str) -> None:
    logs.to_file(log)
    district = read_tables({table: files[table] for table in TABLES if table in files})
    sample = analysis_sample(district, **choices)
    write_parquet(sample.students, outputs["students"])
    write_parquet(sample.classes, outputs["classes"])
    write_parquet(sample.outcomes, outputs["outcomes"])
    write_csv(sample.steps, outputs["steps"])


if "snakemake" in globals():
    main(
        dict(snakemake.input.items()),
        dict(snakemake.output.items()),
        dict(snakemake.params.items()),
        snakemake.log[0],
    )
