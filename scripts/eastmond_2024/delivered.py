"""Compare estimates and the gains they claim with the truth of a synthetic district."""

import pandas as pd

from welfare_added.allocation.objectives import social_weights
from welfare_added.run.job import job
from welfare_added.run.writing import write_csv
from welfare_added.value_added.accuracy import accuracy
from welfare_added.value_added.predictors import by_predictor
from welfare_added.welfare.delivered import Solving, delivered


def main(inputs, outputs, weights, solving):
    """Write gains of all plans by all estimates and in truth, and how estimates relate to it."""
    estimates, truth = pd.read_parquet(inputs.estimates), pd.read_parquet(inputs.truth)
    classes = pd.read_parquet(inputs.classes)
    weights = social_weights(weights)
    gains = delivered(classes, by_predictor(estimates), truth, weights, solving=solving)
    write_csv(gains, outputs.gains)
    write_csv(accuracy(estimates, truth), outputs.accuracy)


if "snakemake" in globals():
    with job(snakemake):
        params = snakemake.params
        solving = Solving(params.solver, params.tolerance, params.ends)
        main(snakemake.input, snakemake.output, params.weights, solving)
