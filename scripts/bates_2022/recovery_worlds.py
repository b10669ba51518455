"""Estimate preferences in small worlds in which they are planted, by integrator."""

import pandas as pd

from welfare_added.market.planted import planted_principals, planted_teachers
from welfare_added.market.recovery import (
    by_integrator,
    by_parameter,
    principal_worlds,
    teacher_worlds,
)
from welfare_added.run.choices import read_yaml
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(files, outputs, *, threads, seed, smallest_t, teachers, principals):
    inputs = read_yaml(files["inputs"])
    truth = planted_teachers(inputs["teacher_preferences"], smallest_t)
    rows = {
        "teachers": teacher_worlds(truth, seed=seed, threads=threads, **teachers),
        "principals": principal_worlds(
            planted_principals(inputs["principal_preferences"]), seed=seed, **principals
        ),
    }
    draws = {"teachers": teachers["integrators"], "principals": principals["integrators"]}
    for output, table_of in (
        ("parameters", lambda side: by_parameter(rows[side])),
        ("worlds", lambda side: by_integrator(rows[side], draws[side])),
    ):
        tables = [table_of(side).assign(side=side) for side in rows]
        write_csv(pd.concat(tables), outputs[output])


if "snakemake" in globals():
    with job(snakemake):
        chosen = choices(snakemake.params)
        main(snakemake.input, snakemake.output, threads=snakemake.threads, **chosen)
