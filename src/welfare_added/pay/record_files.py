"""Prepared records as files, from which every later job of the study reads them."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from welfare_added.district.export import Export
from welfare_added.district.layout import read_layout
from welfare_added.district.reading import read_tables
from welfare_added.district.values import RawTables
from welfare_added.pay.frames import FRAMES, PayRecords


def read_raw(files: Mapping[str, Path | str], export: Mapping) -> RawTables:
    """The raw tables; files: by name, with layout and layout_schema among them."""
    layout = read_layout(files["layout"], files["layout_schema"])
    return read_tables(layout.among(files), layout, Export(**export))


def read_records(files: Mapping[str, Path | str]) -> PayRecords:
    """Prepared records; files: a parquet file of each frame of `frames.FRAMES`, by name."""
    return PayRecords(**{name: pd.read_parquet(files[name]) for name in FRAMES})
