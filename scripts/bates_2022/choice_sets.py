"""Choice sets in other windows: from postings, with a buffer, of the first day, or true ones."""

import pandas as pd

from welfare_added.district.export import Export
from welfare_added.district.layout import read_layout
from welfare_added.district.reading import read_tables
from welfare_added.market.platform import Choices, base, platform
from welfare_added.market.windows import true_windows
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet

RECORDS = ("schools_records", "traits", "forecasts")


def main(files, outputs, *, export, chosen):
    layout, chosen = read_layout(files["layout"], files["layout_schema"]), Choices(**chosen)
    raw = read_tables(layout.among(files), layout, Export(**export))
    start = base(raw.tables, *(pd.read_parquet(files[name]) for name in RECORDS), chosen)
    truth = [pd.read_parquet(path) for path in files["truth"]]
    made = platform(start, chosen, true_windows(*truth) if truth else None)
    for name in ("applicants", "positions", "applications", "pairs"):
        write_parquet(getattr(made, name), outputs[name])
    write_csv(made.steps, outputs["sample"])


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.output, **choices(snakemake.params))
