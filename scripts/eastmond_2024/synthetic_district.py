"""Make the synthetic district: raw tables, and the truth in a file of its own."""

from welfare_added.district import parameters
from welfare_added.district.synthetic import synthesise
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet


def main(source, tables, truth, *, size, seed, years, grades, lower):
    """Make a district from the parameters in ``source``."""
    district = synthesise(
        parameters.load(source),
        size=size,
        seed=seed,
        years=tuple(years),
        grades=tuple(grades),
        lower=lower,
    )
    for name, table in district.tables.items():
        write_csv(table, tables[name])
    write_parquet(district.truth, truth)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.parameters,
            {
                name: snakemake.output[name]
                for name in ("enrolments", "classes", "teachers", "outcomes")
            },
            snakemake.output.truth,
            **choices(snakemake.params),
        )
