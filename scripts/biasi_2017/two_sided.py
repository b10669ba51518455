"""Estimate the two-sided model, and try out pay for value added."""

import pandas as pd

from welfare_added.offers.elasticities import elasticities
from welfare_added.offers.estimate import fit_thresholds
from welfare_added.offers.market import Rules
from welfare_added.offers.published import published_parameters
from welfare_added.offers.state_markets import years_of_markets
from welfare_added.offers.study_tables import (
    estimates_of,
    moments_of,
    point_of,
    prices_of,
    readings_table,
    scheme_table,
)
from welfare_added.pay.record_files import read_records
from welfare_added.run.choices import read_yaml
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.value_added.significant import significant_table


def main(files, outputs, *, periods, equation, chosen, named, study):
    records, panel = read_records(files), pd.read_parquet(files["panel"])
    made = years_of_markets(records, panel, periods, equation, {**chosen, **study})
    rules, published = Rules(**chosen["rules"]), read_yaml(files["inputs"])["structural"]
    years = {year: [one.market for one in there] for year, there in made.items()}
    now, markets = made[chosen["year"]], years[chosen["year"]]
    printed, place = published_parameters(published), named[chosen["district"]]
    fit = fit_thresholds(markets, rules, printed)
    sets = {"published": printed, "estimates": fit.parameters}
    names = [one.district_ids for one in now]
    identified = fit.table()["estimate"].to_numpy()  # missing where not identified
    tables = {
        "fit": estimates_of(fit),
        "elasticities": elasticities(
            identified, point_of(published["evaluated_at"]), fit.covariance
        ),
        "moments": moments_of(years, rules, fit.parameters),
        "shadow_prices": prices_of(markets, rules, fit.parameters, names),
        "schemes": scheme_table(now, place, fit, rules, chosen),
        "schemes_by_reading": readings_table(now, place, sets, rules, chosen["deltas"]),
    }
    for name, table in tables.items():
        write_csv(significant_table(table), outputs[name])


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.output, **choices(snakemake.params))
