from welfare_added.run.job import job
from welfare_added.run.writing import write_csv
from welfare_added.welfare.classrooms import read_classrooms
from welfare_added.welfare.winners import status_quo_table


def main(slots, students, out, weight_ela):
    write_csv(status_quo_table(read_classrooms(slots, students), weight_ela), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.slots,
            snakemake.input.students,
            snakemake.output.status_quo,
            snakemake.params.weight_ela,
        )
