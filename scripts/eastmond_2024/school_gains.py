from welfare_added.allocation.objectives import social_weights
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv
from welfare_added.welfare.classrooms import read_classrooms
from welfare_added.welfare.reallocations import read_reallocations
from welfare_added.welfare.schools import school_gains_table


def main(slots, students, plans, labels, out, weights):
    classrooms = read_classrooms(slots, students)
    reallocations = read_reallocations(plans, labels, classrooms, social_weights(weights))
    write_csv(school_gains_table(reallocations, classrooms), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.slots,
            snakemake.input.students,
            snakemake.input.plans,
            snakemake.params.labels,
            snakemake.output.gains,
            snakemake.params.weights,
        )
