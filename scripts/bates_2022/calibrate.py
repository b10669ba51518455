"""Search the parameters of the synthetic platform on the published inputs alone."""

import logging

import pandas as pd

from welfare_added.calibration.commented import with_values
from welfare_added.market.platform import Choices
from welfare_added.market.platform_search import World, calibrate
from welfare_added.market.synthetic_season import Inputs, Season
from welfare_added.run.choices import read_yaml
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_text

RECORDS = ("schools", "teachers", "traits", "forecasts")


def main(files, outputs, *, season, platform, outside):
    tables = Inputs(**{name: pd.read_parquet(files[name]) for name in RECORDS})
    found = calibrate(
        *(read_yaml(files[name]) for name in ("start", "inputs")),
        World(tables, Season(**season), Choices(**platform), outside),
        read_yaml(files["search"]),
        logging.getLogger("calibrate").info,
    )
    write_text(with_values(files["start"], found), outputs["parameters"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
