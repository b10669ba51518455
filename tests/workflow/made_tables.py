"""Tables that a run has made."""

from pathlib import Path

import pandas as pd


def emptiness(folder: Path) -> dict[Path, bool]:
    """Every table below a folder, and whether it holds no row or no value."""
    tables = [path for kind in ("csv", "parquet") for path in folder.rglob(f"*.{kind}")]
    found = {}
    for path in tables:
        rows = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
        found[path] = bool(rows.empty or rows.isna().all(axis=None))
    return found
