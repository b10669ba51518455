"""Count the teachers and pupils behind published numbers."""

import pandas as pd

from welfare_added.disclosure.populations import population_table
from welfare_added.offers.populations import market_populations
from welfare_added.offers.state_markets import years_of_markets
from welfare_added.pay.record_files import read_records
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.sorting.populations import panel_populations, score_populations
from welfare_added.sorting.study import sample_weights


def main(files, out, *, panel, weights, first_post_year, market):
    rows, cells, districts = (
        pd.read_parquet(files[name]) for name in ("panel", "panel_cells", "panel_districts")
    )
    samples = sample_weights(pd.read_csv(files["matches"]), weights)
    regimes = districts.drop_duplicates("district_id").set_index("district_id")["regime"]
    of_scores = {"scores": regimes[regimes.index.isin(samples["matched"])], "scores_full": regimes}
    counts = panel_populations(rows, samples, first_post_year=first_post_year, **panel)
    for table, own in of_scores.items():
        counts |= score_populations(cells, own, first_post_year, table)
    district, chosen = market.pop("district"), market["chosen"]
    tables = read_records(files), pd.read_parquet(files["market_panel"])
    years = years_of_markets(*tables, **market)
    write_csv(population_table(counts | market_populations(years, chosen["year"], district)), out)


if "snakemake" in globals():
    with job(snakemake):
        files, out = dict(snakemake.input.items()), snakemake.output.populations
        main(files, out, **choices(snakemake.params))
