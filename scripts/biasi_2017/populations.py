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


def main(files, out, *, panel, weights, first_post_year, market, district):
    rows, cells, districts = (
        pd.read_parquet(files[name]) for name in ("panel", "panel_cells", "panel_districts")
    )
    samples = sample_weights(pd.read_csv(files["matches"]), weights)
    years = years_of_markets(read_records(files), pd.read_parquet(files["market_panel"]), **market)
    counts = {
        **panel_populations(rows, samples, first_post_year=first_post_year, **panel),
        **score_populations(cells, districts, samples["matched"], first_post_year),
        **market_populations(years, market["chosen"]["year"], district),
    }
    write_csv(population_table(counts), out)


if "snakemake" in globals():
    with job(snakemake):
        files, out = dict(snakemake.input.items()), snakemake.output.populations
        main(files, out, **choices(snakemake.params))
