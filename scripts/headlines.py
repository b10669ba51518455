import pandas as pd

from welfare_added import logs
from welfare_added.tables import write_csv
from welfare_added.welfare import headlines
from welfare_added.welfare.classrooms import read_classrooms


def main(tables, out, tax_rate, profile):
    classrooms = read_classrooms(tables.slots, tables.students)
    parts = [
        headlines.spread(pd.read_parquet(tables.classes), pd.read_parquet(tables.students)),
        headlines.sizes(classrooms),
        headlines.worth(
            pd.read_csv(tables.earnings), pd.read_csv(tables.subjects), classrooms, tax_rate
        ),
        headlines.multiplier(*profile),
    ]
    write_csv(pd.concat(parts, ignore_index=True), out)


if "snakemake" in globals():
    logs.to_file(snakemake.log[0])
    params = snakemake.params
    main(
        snakemake.input,
        snakemake.output.headlines,
        params.tax_rate,
        (params.multiplier, params.discount_rate, params.working_ages, params.present_age),
    )
