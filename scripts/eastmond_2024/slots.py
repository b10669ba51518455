import pandas as pd

from welfare_added.allocation.slots import build_slots, number_tested
from welfare_added.run import writing
from welfare_added.run.job import job


def main(classes, students, value_added, slots, counts, class_size):
    sizes = pd.read_parquet(students, columns=["class_id", "year", "class_size"])
    tested = number_tested(sizes, counts, class_size)
    table = build_slots(pd.read_parquet(classes), pd.read_parquet(value_added), tested)
    writing.write_parquet(table, slots)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.classes,
            snakemake.input.students,
            snakemake.input.value_added,
            snakemake.output.slots,
            snakemake.params.counts,
            snakemake.params.class_size,
        )
