import pandas as pd

from welfare_added.allocation.objectives import social_weights
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv
from welfare_added.welfare import text_numbers
from welfare_added.welfare.classrooms import read_classrooms
from welfare_added.welfare.reallocations import read_reallocations


def main(tables, labels, out, weights, earnings_per_sd, tax_rate, profile, published_students):
    classrooms = read_classrooms(tables.slots, tables.students)
    usual = read_reallocations(tables.usual, labels, classrooms, social_weights(weights))
    earnings, subjects = pd.read_csv(tables.earnings), pd.read_csv(tables.subjects)
    parts = [
        text_numbers.sizes(classrooms),
        text_numbers.totals(earnings, classrooms, tax_rate, published_students),
        text_numbers.break_even_bonuses(earnings, subjects, classrooms, tax_rate),
        text_numbers.standard_plans(usual, classrooms, earnings_per_sd, profile[0]),
        text_numbers.multiplier(*profile),
    ]
    write_csv(pd.concat(parts, ignore_index=True), out)


if "snakemake" in globals():
    with job(snakemake):
        params = snakemake.params
        main(
            snakemake.input,
            params.labels,
            snakemake.output.text_numbers,
            params.weights,
            params.earnings_per_sd,
            params.tax_rate,
            (params.multiplier, params.discount_rate, params.working_ages, params.present_age),
            params.published_students,
        )
