"""Estimate the two-sided model in markets whose constraints bind."""

from welfare_added.offers.estimate import fit_thresholds
from welfare_added.offers.laboratory import Laboratory, laboratory_markets
from welfare_added.offers.market import Rules
from welfare_added.offers.parameters import parameter_vector
from welfare_added.offers.study_tables import (
    beside_truth,
    estimates_of,
    likelihoods_beside,
    prices_of,
    ways_beside,
)
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.value_added.significant import significant_table


def main(outputs, *, rules, design, seed, draws, parameters, start):
    rules, truth = Rules(**rules), parameter_vector(parameters)
    markets = laboratory_markets(Laboratory(**design), truth, rules, seed)
    fit = fit_thresholds(markets, rules, parameter_vector(start))
    tables = {
        "laboratory": beside_truth(estimates_of(fit), truth),
        "laboratory_prices": prices_of(markets, rules, fit.parameters),
        "likelihoods": likelihoods_beside(markets[0], rules, truth, draws, seed),
        "ways": ways_beside(markets[0], rules, truth, seed),
    }
    for name, table in tables.items():
        write_csv(significant_table(table), outputs[name])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.output, **choices(snakemake.params))
