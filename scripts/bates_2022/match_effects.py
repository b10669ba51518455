"""Gains where value added has effects of teacher and school that types do not capture."""

import pandas as pd

from welfare_added.market.district_tables import district_arrays, read_district
from welfare_added.market.market_files import read_market
from welfare_added.market.market_match_effects import match_effect_table
from welfare_added.market.reallocation_curves import match_effect_curve
from welfare_added.market.simulate import Choices
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(files, outputs, *, simulation, year, sds, draws, seed, threads):
    district = district_arrays(read_district(files, year))
    full = match_effect_curve(district, sds, draws, seed).assign(sample="full", policy="best")
    market = match_effect_table(read_market(files), Choices(**simulation), sds, seed, threads)
    table = pd.concat([full.rename(columns={"standard_error": "gain_se"}),
                       market.assign(sample="market")])  # fmt: skip
    columns = ["sample", "policy", "sd", "gain", "gain_se"]
    write_csv(table[columns], outputs["match_effects"])


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input,
            snakemake.output,
            threads=snakemake.threads,
            **choices(snakemake.params),
        )
