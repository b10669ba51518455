"""Writing tables so that equal content gives equal bytes and no reader ever sees half a file."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd


def replace_atomically(path: Path | str, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a temporary neighbour of ``path``, then move it into place."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        write(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_csv(table: pd.DataFrame, path: Path | str) -> None:
    """Write a table as CSV: 12 significant digits, line feeds, no index."""
    replace_atomically(
        path,
        lambda part: table.to_csv(part, index=False, float_format="%.12g", lineterminator="\n"),
    )


def write_parquet(table: pd.DataFrame, path: Path | str) -> None:
    """Write a table as parquet (zstd), without an index."""
    replace_atomically(path, lambda part: table.to_parquet(part, index=False, compression="zstd"))


def write_text(text: str, path: Path | str) -> None:
    """Write a text file with line feeds."""
    replace_atomically(path, lambda part: part.write_text(text, encoding="utf-8", newline="\n"))
