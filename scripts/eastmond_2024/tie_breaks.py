from welfare_added.allocation.objectives import social_weights
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.welfare.classrooms import read_classrooms
from welfare_added.welfare.reallocations import read_reallocations
from welfare_added.welfare.tie_breaks import tie_break_table


def main(slots, students, plans, out, *, labels, weights, **how):
    classrooms = read_classrooms(slots, students)
    reallocations = read_reallocations(plans, labels, classrooms, social_weights(weights))
    write_csv(tie_break_table(reallocations, classrooms, **how), out)


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.slots,
            snakemake.input.students,
            snakemake.input.plans,
            snakemake.output.table,
            **choices(snakemake.params),
        )
