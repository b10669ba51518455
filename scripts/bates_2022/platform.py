"""Check the hiring platform's raw tables, derive choice sets, and tabulate the market."""

import pandas as pd

from welfare_added.district.export import Export
from welfare_added.district.layout import read_layout
from welfare_added.district.reading import read_tables
from welfare_added.market.platform import Choices, base, platform
from welfare_added.market.platform_checks import check_platform
from welfare_added.market.platform_tables import platform_tables
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet


def main(files, outputs, *, export, **chosen):
    layout, chosen = read_layout(files["layout"], files["layout_schema"]), Choices(**chosen)
    raw = read_tables(layout.among(files), layout, Export(**export))
    records = {name: pd.read_parquet(files[f"{name}_records"]) for name in ("schools", "teachers")}
    schools, traits = records["schools"], pd.read_parquet(files["traits"])
    check_platform(raw, schools, traits)
    start = base(raw.tables, schools, traits, pd.read_parquet(files["forecasts"]), chosen)
    made = platform(start, chosen)
    for name in ("applicants", "positions", "applications", "pairs"):
        write_parquet(getattr(made, name), outputs[name])
    if "commutes" in raw.tables:
        write_parquet(raw.tables["commutes"], outputs["commutes"])
    for name, table in platform_tables(made, records["teachers"], schools).items():
        write_csv(table, outputs[name])


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.output, **choices(snakemake.params))
