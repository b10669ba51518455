from welfare_added.allocation.ces import gamma_grid
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv
from welfare_added.welfare.classrooms import read_classrooms
from welfare_added.welfare.earnings import ces_table
from welfare_added.welfare.reallocations import read_reallocations


def main(slots, students, plans, labels, out, gammas, earnings_per_sd, lifetime_multiplier):
    classrooms = read_classrooms(slots, students)
    reallocations = read_reallocations(plans, labels, classrooms, gamma_grid(*gammas))
    write_csv(ces_table(reallocations, classrooms, earnings_per_sd, lifetime_multiplier), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.slots,
            snakemake.input.students,
            snakemake.input.plans,
            snakemake.params.labels,
            snakemake.output.ces,
            snakemake.params.gammas,
            snakemake.params.earnings_per_sd,
            snakemake.params.lifetime_multiplier,
        )
