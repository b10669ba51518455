"""Time the paper's methods on problems of the published state's size."""

import numpy as np
import pandas as pd

from welfare_added.offers.market import Rules
from welfare_added.offers.parameters import parameter_vector
from welfare_added.offers.published import published_parameters
from welfare_added.offers.speed import (
    beside_limits,
    time_equilibrium,
    time_fit,
    time_knapsacks,
    time_value_added,
)
from welfare_added.run.choices import read_yaml
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(inputs, outputs, *, laboratory, rules, timed):
    rules, seed = Rules(**rules), timed["seed"]
    published = published_parameters(read_yaml(inputs)["structural"])
    planted, start = (parameter_vector(laboratory[name]) for name in ("parameters", "start"))
    bind = "fit_where_constraints_bind", laboratory["design"], planted, start
    tables = [
        time_knapsacks(**timed["knapsack"], seed=np.random.SeedSequence(seed)),
        *(
            table.assign(round=number)
            for number in range(timed["rounds"])
            for table in (
                time_equilibrium(timed["equilibrium"], planted, rules, seed),
                time_fit("fit", timed["fit"], published, published, rules, seed),
                time_fit(*bind, rules, laboratory["seed"]),
                time_value_added(**timed["value_added"], seed=seed),
            )
        ),
    ]
    rounds = pd.concat(tables, ignore_index=True)
    write_csv(rounds, outputs["rounds"])
    write_csv(beside_limits(rounds, timed["limits"]), outputs["table"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input.inputs, snakemake.output, **choices(snakemake.params))
