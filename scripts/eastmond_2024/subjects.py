from welfare_added.allocation.objectives import social_weights
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv
from welfare_added.welfare.classrooms import read_classrooms
from welfare_added.welfare.earnings import subjects_table
from welfare_added.welfare.reallocations import read_reallocations


def main(slots, students, plans, labels, out, weights, earnings_per_sd, lifetime_multiplier):
    classrooms = read_classrooms(slots, students)
    reallocations = read_reallocations(plans, labels, classrooms, social_weights(weights))
    write_csv(subjects_table(reallocations, classrooms, earnings_per_sd, lifetime_multiplier), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.slots,
            snakemake.input.students,
            snakemake.input.plans,
            snakemake.params.labels,
            snakemake.output.subjects,
            snakemake.params.weights,
            snakemake.params.earnings_per_sd,
            snakemake.params.lifetime_multiplier,
        )
