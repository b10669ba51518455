import pandas as pd

from welfare_added.run.job import job
from welfare_added.run.writing import write_parquet
from welfare_added.welfare.ranking import ranking_table, representative_class


def main(value_added, students, out, weight, weight_ela):
    shares = representative_class(pd.read_parquet(students, columns=["lower_ela", "lower_math"]))
    write_parquet(ranking_table(pd.read_parquet(value_added), shares, weight, weight_ela), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.value_added,
            snakemake.input.students,
            snakemake.output.ranking,
            snakemake.params.ranking_weight,
            snakemake.params.weight_ela,
        )
