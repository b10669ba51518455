"""Compare who teaches where in the model's allocations and in the data."""

from welfare_added.market.district_tables import fit_data, read_district
from welfare_added.market.fit import fit_tables
from welfare_added.market.market_files import read_market
from welfare_added.market.simulate import Choices
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv


def main(files, outputs, *, simulation, bins, year, experienced):
    data = fit_data(read_district(files, year), experienced)
    fit, lines = fit_tables(read_market(files), Choices(**simulation), data, bins)
    write_csv(fit, outputs["fit"])
    write_csv(lines, outputs["lines"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
