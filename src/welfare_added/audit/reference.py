"""The published run (the reference), and how another run compares with it."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.run.choices import flat

FORMAT = 2
SAME = 1e-6  # share of a column's largest value; smaller differences are ignored
KEPT_TABLES = ("*.csv", "welfare/*.csv", "value_added/*.csv", "district/sample.csv", "tables/*.csv")
LARGEST = 150_000  # bytes of a table that is kept
NOT_KEPT = ("claims.csv", "skipped.csv")  # reference.json holds the numbers of claims.csv
MACHINE = ("python", "processor", "blas")


@dataclass(frozen=True)
class TableDifference:
    """Largest difference of a table from the published run's.

    Attributes
    ----------
    table, column
        Path below the study's folder, and the column with the largest relative difference;
        empty if rows, columns or text differ.
    largest
        Largest difference in that column, in its unit.
    relative
        The same over the column's largest absolute value; infinite if rows or text differ.

    """

    table: str
    column: str
    largest: float
    relative: float


@dataclass(frozen=True)
class Outcome:
    """A run compared with the published one.

    Attributes
    ----------
    other_choices
        Choices that differ, by dotted path: then and now.
    other_machine
        Python, processor, BLAS and packages that differ: then and now.
    files
        Files of the published run whose bytes differ here, or that are missing.
    compared
        How many files the published run has.
    tables
        Tables that differ, of those that are kept.
    numbers
        The paper's numbers that come out differently: id, reference, here, difference (relative).

    """

    other_choices: dict[str, tuple[object, object]]
    other_machine: dict[str, tuple[object, object]]
    files: list[str]
    compared: int
    tables: list[TableDifference]
    numbers: pd.DataFrame

    @property
    def identical(self) -> bool:
        """Whether every file is the same, byte for byte."""
        return not self.files and not len(self.numbers)

    @property
    def same_numbers(self) -> bool:
        """Whether no kept table and no number of the paper differs by more than `SAME`."""
        apart = [table.relative for table in self.tables]
        apart += self.numbers["difference"].fillna(np.inf).tolist()
        return all(one <= SAME for one in apart)


def reference(
    manifest: Mapping, study: str, kept: Container[str], numbers: Mapping[str, str]
) -> dict:
    """What is kept of a run: choices, machine, SHA-256 of some results, the paper's numbers."""
    return {
        "format": FORMAT,
        "config": manifest["config"],
        "machine": _machine(manifest, study),
        "files": _hashes({p: f for p, f in manifest["files"].items() if p in kept}, study),
        "numbers": dict(numbers),
    }


def kept_tables(folder: Path) -> dict[str, Path]:
    """Tables of a study's folder that are kept beside the reference, by path below the folder."""
    paths = sorted(path for pattern in KEPT_TABLES for path in folder.glob(pattern))
    tables = {path.relative_to(folder).as_posix(): path for path in paths}
    return {
        name: path
        for name, path in tables.items()
        if name not in NOT_KEPT and path.stat().st_size <= LARGEST
    }


def compared(
    kept: Mapping,
    manifest: Mapping,
    study: str,
    numbers: Mapping[str, str],
    tables: tuple[Path, Path],
) -> Outcome:
    """Compare a run with what was kept of the published one.

    Parameters
    ----------
    kept
        From `reference`.
    manifest, study, numbers
        Of the run: its manifest, its study and the paper's numbers as claims.csv has them.
    tables
        Folders of the kept tables and of the study.

    """
    now = _hashes(manifest["files"], study)
    files = sorted(path for path, sha in kept["files"].items() if now.get(path) != sha)
    rows = [
        (name, published, numbers.get(name, "missing"))
        for name, published in kept["numbers"].items()
        if numbers.get(name) != published
    ]
    differing = pd.DataFrame(rows, columns=["id", "reference", "here"])
    return Outcome(
        other_choices=_other(flat(kept["config"]), flat(manifest["config"])),
        other_machine=_other(kept["machine"], _machine(manifest, study)),
        files=files,
        compared=len(kept["files"]),
        tables=_differences(*tables, files),
        numbers=differing.assign(difference=_apart(differing)),
    )


def _machine(manifest: Mapping, study: str) -> dict[str, str]:
    """Python, processor, BLAS and packages of a study's first job."""
    jobs = [job for path, job in manifest["jobs"].items() if f"/{study}/" in f"/{path}"]
    if not jobs:
        return {}
    where = manifest["environments"][jobs[0]["environment"]]
    packages = {f"package {name}": version for name, version in where["distributions"].items()}
    return {**{key: where[key] for key in MACHINE}, **packages}


def _hashes(files: Mapping, study: str) -> dict[str, str]:
    """SHA-256 of a study's results, by path below its folder."""
    start = f"results/{study}/"
    return {
        path.removeprefix(start): one["sha256"]
        for path, one in files.items()
        if one["job"] and path.startswith(start)
    }


def _differences(kept: Path, folder: Path, files: list[str]) -> list[TableDifference]:
    differences = []
    for name, path in kept_tables(kept).items():
        if name in files and (folder / name).is_file():
            differences.append(_difference(name, pd.read_csv(path), pd.read_csv(folder / name)))
    return sorted(differences, key=lambda one: -one.relative)


def _difference(name: str, then: pd.DataFrame, now: pd.DataFrame) -> TableDifference:
    """Column with the largest relative difference; text must be equal."""
    different = TableDifference(name, "", np.inf, np.inf)
    if list(then.columns) != list(now.columns) or len(then) != len(now):
        return different
    worst = TableDifference(name, "", 0.0, 0.0)
    for column in then:
        before, after = (_numbers(table[column]) for table in (then, now))
        text_rows = before.isna() | after.isna()
        if not then.loc[text_rows, column].equals(now.loc[text_rows, column]):
            return different
        apart = float((before - after).abs()[~text_rows & (before != after)].max())
        relative = apart / (float(before[np.isfinite(before)].abs().max()) or 1.0)
        if relative > worst.relative:
            worst = TableDifference(name, str(column), apart, relative)
    return worst


def _numbers(column: pd.Series) -> pd.Series:
    """Numbers of a column; missing where it holds words, or yes and no."""
    if pd.api.types.is_bool_dtype(column):
        return pd.Series(np.nan, index=column.index)
    return pd.to_numeric(column, errors="coerce")


def _apart(numbers: pd.DataFrame) -> pd.Series:
    """Relative difference of two numbers, the larger of two ranges' ends; NaN if no number."""

    def ends(text: pd.Series) -> pd.DataFrame:
        return text.str.split(" to ", expand=True).apply(pd.to_numeric, errors="coerce")

    before, after = ends(numbers["reference"].astype(str)), ends(numbers["here"].astype(str))
    scale = before.abs().where(before != 0, 1.0)
    return ((after - before).abs() / scale).max(axis=1)


def _other(then: Mapping, now: Mapping) -> dict[str, tuple[object, object]]:
    keys = sorted({*then, *now})
    return {key: (then.get(key), now.get(key)) for key in keys if then.get(key) != now.get(key)}
