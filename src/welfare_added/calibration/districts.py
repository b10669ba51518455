"""Moments of several districts of one law: how far one district's moments are from their mean."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from welfare_added.run.choices import read_yaml
from welfare_added.run.digests import sha256

DIGITS = 6  # significant, of kept moments; those of other machines differ far beyond them
log = logging.getLogger(__name__)


def gather(parts: Sequence[Path | str]) -> pd.DataFrame:
    """Tables of single districts (quantity, value) as one: quantity, and a column a district.

    Columns are district_01, district_02, ... in the order of ``parts``.
    """
    columns = {
        f"district_{number:02d}": pd.read_csv(part, index_col="quantity")["value"]
        for number, part in enumerate(parts, 1)
    }
    table = pd.DataFrame(columns).map(lambda value: float(f"{value:.{DIGITS}g}"))
    return table.rename_axis("quantity").reset_index()


def provenance(parameters: Path | str, choices: Mapping) -> dict:
    """What the moments of districts rest on: file of parameters (its digest), and choices."""
    return {"parameters": sha256(parameters), **choices}


def kept_districts(table: Path | str, origin: Path | str, now: Mapping) -> pd.DataFrame | None:
    """Mean and SD over kept districts, by quantity; None if they are of another law.

    Parameters
    ----------
    table
        From `gather`.
    origin
        YAML file of the `provenance` with which it was made.
    now
        `provenance` of this run.

    Returns
    -------
    DataFrame
        Columns mean, sd and districts (their number), indexed by quantity.

    """
    then = read_yaml(origin)
    changed = sorted(name for name in {*then, *now} if then.get(name) != now.get(name))
    if changed:
        log.warning(
            "%s was made with other %s: no means over districts are shown. `make seeds` makes "
            "it again",
            Path(table).name,
            ", ".join(changed),
        )
        return None
    values = pd.read_csv(table, index_col="quantity")
    return pd.DataFrame(
        {"mean": values.mean(axis=1), "sd": values.std(axis=1), "districts": values.shape[1]}
    )
