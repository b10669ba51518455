from welfare_added.allocation.objectives import social_weights
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv
from welfare_added.welfare.bias import read_true_effects
from welfare_added.welfare.classrooms import read_classrooms
from welfare_added.welfare.conditions import conditions_table
from welfare_added.welfare.reallocations import read_reallocations


def main(slots, students, plans, labels, truth, out, weights, weight_ela, weight, premium):
    classrooms = read_classrooms(slots, students)
    reallocations = read_reallocations(plans, labels, classrooms, social_weights(weights))
    effects = read_true_effects(truth, classrooms)
    planner = (weight_ela, weight, premium)
    write_csv(conditions_table(reallocations, classrooms, effects, *planner), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.slots,
            snakemake.input.students,
            snakemake.input.plans,
            snakemake.params.labels,
            snakemake.input.truth,
            snakemake.output.conditions,
            snakemake.params.weights,
            snakemake.params.weight_ela,
            snakemake.params.bias_weight,
            snakemake.params.premium,
        )
