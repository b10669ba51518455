"""Write files so that equal content gives equal bytes and no reader sees half a file."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd


def replace_atomically(path: Path | str, write: Callable[[Path], object]) -> None:
    """Let ``write`` write a temporary file beside ``path``, then rename it to ``path``."""
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


def write_csv_parts(parts: Iterable[Path | str], path: Path | str) -> None:
    """Concatenate CSV files of the same columns without changing their text.

    Raises ValueError naming a file whose header differs.
    """

    def write(whole: Path) -> None:
        header = None
        with whole.open("w", encoding="utf-8", newline="\n") as out:
            for part in parts:
                with Path(part).open(encoding="utf-8", newline="") as lines:
                    first = next(lines)
                    if header is None:
                        header = first
                        out.write(first)
                    if first != header:
                        raise ValueError(f"{part}: columns {first.strip()}, not {header.strip()}")
                    out.writelines(lines)

    replace_atomically(path, write)


def write_text(text: str, path: Path | str) -> None:
    """Write a text file with line feeds."""
    replace_atomically(path, lambda part: part.write_text(text, encoding="utf-8", newline="\n"))


def as_json(content: object) -> str:
    """JSON text; equal content gives equal bytes."""
    return json.dumps(content, indent=1, sort_keys=True) + "\n"
