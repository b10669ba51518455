"""The published run: what a stranger's results are compared with."""

from collections.abc import Container, Mapping
from dataclasses import dataclass

import pandas as pd

FORMAT = 1


@dataclass(frozen=True)
class Outcome:
    """A run beside the published one.

    Attributes
    ----------
    other_choices
        Choices of config.yaml that are not those of the published run, by dotted path.
    files
        Files of the published run whose bytes differ here, or that are missing.
    compared
        How many files the published run has.
    numbers
        The paper's numbers that come out differently: id, published run, this run, difference.

    """

    other_choices: dict[str, tuple[object, object]]
    files: list[str]
    compared: int
    numbers: pd.DataFrame


def reference(manifest: Mapping, kept: Container[str], claims: pd.DataFrame) -> dict:
    """What is kept of a run: its choices, the SHA-256 of some results, the paper's numbers."""
    return {
        "format": FORMAT,
        "config": manifest["config"],
        "files": {path: sha for path, sha in _hashes(manifest).items() if path in kept},
        "numbers": dict(zip(claims["id"], claims["reproduced"].astype(str), strict=True)),
    }


def beside(kept: Mapping, manifest: Mapping, claims: pd.DataFrame) -> Outcome:
    """Compare a run with what was kept of the published one."""
    now = _hashes(manifest)
    files = sorted(path for path, sha in kept["files"].items() if now.get(path) != sha)
    ours = dict(zip(claims["id"], claims["reproduced"].astype(str), strict=True))
    rows = [
        (name, published, ours.get(name, "missing"))
        for name, published in kept["numbers"].items()
        if ours.get(name) != published
    ]
    numbers = pd.DataFrame(rows, columns=["id", "reference", "here"])
    then, chosen = _flat(kept["config"]), _flat(manifest["config"])
    other = {
        key: (then.get(key), chosen.get(key))
        for key in sorted({*then, *chosen})
        if then.get(key) != chosen.get(key)
    }
    return Outcome(other, files, len(kept["files"]), numbers.assign(difference=_apart(numbers)))


def _hashes(manifest: Mapping) -> dict[str, str]:
    return {path: one["sha256"] for path, one in manifest["files"].items() if one["job"]}


def _apart(numbers: pd.DataFrame) -> pd.Series:
    """Largest relative difference of the ends of two numbers or ranges; missing if no number."""

    def ends(text: pd.Series) -> pd.DataFrame:
        return text.str.split(" to ", expand=True).apply(pd.to_numeric, errors="coerce")

    before, after = ends(numbers["reference"].astype(str)), ends(numbers["here"].astype(str))
    scale = before.abs().where(before != 0, 1.0)
    return ((after - before).abs() / scale).max(axis=1)


def _flat(choices: object, above: str = "") -> dict[str, object]:
    if not isinstance(choices, Mapping):
        return {above: choices}
    return {
        path: value
        for key, inner in choices.items()
        for path, value in _flat(inner, f"{above}.{key}" if above else str(key)).items()
    }
