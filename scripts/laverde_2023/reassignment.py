"""Pool the plans of all years: gains, their parts, who moves, certificates."""

import pandas as pd

from welfare_added.reassignment.pooled import (
    certificates,
    pooled_gains,
    pooled_parts,
    pooled_people,
    text_numbers,
    with_same_years,
)
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.transfers.decisions import decisions_by_teacher
from welfare_added.transfers.study_files import read_design

PARTS = ("results", "gains", "sizes", "selected")


def main(files, years, outputs, *, export, study, rankings):
    raw, design = read_design(files, export, study, rankings)
    read = {
        name: pd.concat([pd.read_parquet(path) for path in years[name]], ignore_index=True)
        for name in PARTS
    }
    results, sizes = with_same_years(read["results"]), read["sizes"]
    parts = pooled_parts(results, sizes)
    draws = results["draw"].nunique()
    decisions = decisions_by_teacher(raw, design.records)
    tables = {
        "gains": pooled_gains(with_same_years(read["gains"])),
        "parts": parts,
        "people": pooled_people(results, sizes),
        "certificates": certificates(read["results"]),
        "years": sizes,
        "numbers": text_numbers(parts, sizes, draws, read["selected"], decisions),
    }
    for name, table in tables.items():
        write_csv(table, outputs[name])


if "snakemake" in globals():
    with job(snakemake):
        inputs = dict(snakemake.input.items())
        years = {name: inputs.pop(name) for name in PARTS}
        main(inputs, years, snakemake.output, **choices(snakemake.params))
