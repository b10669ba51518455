"""Raw tables written as an office keeps them: with its own names, codes and school years."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd


def write_named(
    tables: Mapping[str, pd.DataFrame], folder: Path, columns: Mapping, recode: Mapping
) -> None:
    """Write tables as CSV; columns: own names by table, recode: own codes by table and column."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        own = rows.copy()
        if "year" in own:
            own["year"] = [f"{year - 1}-{year % 100:02d}" for year in own["year"]]
        for column, codes in recode.get(name, {}).items():
            back = {value: code for code, value in codes.items()}
            own[column] = own[column].map(lambda one, back=back: back.get(one, one))
        own.rename(columns=columns.get(name, {})).to_csv(folder / f"{name}.csv", index=False)
