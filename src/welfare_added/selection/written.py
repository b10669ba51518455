"""Tables made from chains, as they are written: the same on every processor."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from welfare_added.run.writing import write_csv
from welfare_added.value_added.significant import significant_table

# Draws differ from processor to processor by some 1e-10 of their size, and never by more the longer
# a chain is: its steps are inverse distribution functions of the same uniform numbers.
DIGITS = 6


def write_tables(tables: Mapping[str, pd.DataFrame], paths: Mapping[str, Path | str]) -> None:
    """Write tables as CSV to the paths of their names, with `DIGITS` significant digits."""
    for name, table in tables.items():
        write_csv(significant_table(table, DIGITS), paths[name])
