"""The file, or several files one after the other, that a raw table is read from."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

KINDS = ("csv", "tsv", "xlsx", "parquet")
# Files of a table by year or part: enrolments_2003.csv, enrolments_2003-04.xlsx.
PART = r"{table}[_-](\d[\d_-]*)\.({kinds})"


@dataclass(frozen=True)
class TableFiles:
    """Files of one table.

    Attributes
    ----------
    paths
        In the order in which they are read.
    rows
        Number of rows of each; empty before they are read.
    kept
        Rows of the files that the table has, if not all.

    """

    paths: tuple[Path, ...]
    rows: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()

    @classmethod
    def of(cls, files: "TableFiles | Path | str | Iterable[Path | str]") -> "TableFiles":
        """One path, or several."""
        if isinstance(files, cls):
            return files
        return cls(tuple(map(Path, [files] if isinstance(files, Path | str) else files)))

    def __str__(self) -> str:
        """Path of the file, or the first and the last of several."""
        first, *others = self.paths
        return f"{first} to {others[-1].name} ({len(self.paths)} files)" if others else str(first)

    def place(self, row: int) -> str:
        """Where a row of the table is: the line of a text file, which has a header, or the row."""
        row = self.kept[row] if self.kept else row
        ends = list(accumulate(self.rows)) or [row + 1]
        part = next(number for number, end in enumerate(ends) if row < end)
        path, row = self.paths[part], row - (ends[part - 1] if part else 0)
        here = {".parquet": f"row {row + 1}", ".xlsx": f"row {row + 2}"}
        place = here.get(path.suffix, f"line {row + 2}")
        return f"{path.name}, {place}" if len(self.paths) > 1 else place


def files_in(folder: Path, table: str) -> tuple[list[Path], list[Path]]:
    """Files of a table in a folder: those that hold the whole table, and parts by name."""
    whole = [folder / f"{table}.{kind}" for kind in KINDS]
    part = re.compile(PART.format(table=re.escape(table), kinds="|".join(KINDS)))
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    parts = [folder / name for name in names if part.fullmatch(name)]
    return [path for path in whole if path.is_file()], [path for path in parts if path.is_file()]


def in_words(files: Sequence[Path]) -> str:
    """Names of files in a sentence."""
    *most, last = [path.name for path in files]
    return f"{', '.join(most)} and {last}" if most else last
