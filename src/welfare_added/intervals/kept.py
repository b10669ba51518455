"""The small files that are kept of all worlds, and how they were made."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from welfare_added.claims.document import Document
from welfare_added.claims.intervals import READING, answer_digest, choices_kept
from welfare_added.intervals.choice_effects import effects_table
from welfare_added.intervals.claimed_delivered import delivered_table
from welfare_added.intervals.declaration import READINGS
from welfare_added.intervals.summaries import (
    FURTHER_WORLDS,
    SHARES,
    intervals_table,
    shares_table,
)
from welfare_added.intervals.worlds import Setting
from welfare_added.run.digests import sha256

log = logging.getLogger(__name__)

FILES = ("calibration/parameters.yaml", "calibration/inputs.yaml", "intervals.yaml")


def read_worlds(paths: Iterable[Path | str]) -> list[pd.DataFrame]:
    """Tables of worlds, each a job's; only an empty text is missing."""
    return [pd.read_csv(path, keep_default_na=False, na_values=[""]) for path in paths]


def summaries(
    setting: Setting,
    document: Document,
    worlds: Mapping[str, Sequence[pd.DataFrame]],
    folder: Path,
) -> tuple[dict[str, pd.DataFrame], dict[str, object]]:
    """Kept tables by name, and their provenance.

    Parameters
    ----------
    setting, document
        As of the worlds.
    worlds
        Tables of each reading's worlds, of those in which ``choices`` are compared, and of those
        with gains claimed and ``delivered``.
    folder
        The paper's, with the files that worlds are made from.

    Returns
    -------
    tables
        claims, shares, choices and delivered.
    provenance
        worlds (how many, by reading), choices, indifferent and files, as `differences` reads them.

    """
    claims = intervals_table({reading: worlds[reading] for reading in READINGS})
    digests = [answer_digest(document.claim(name), document) for name in claims["id"]]
    claims.insert(3, "answer", digests)
    tables = {
        "claims": claims,
        "shares": _shares(worlds[READING], setting),
        "choices": effects_table(setting.declared, worlds["choices"]),
        "delivered": delivered_table(worlds["delivered"]),
    }
    indifferent = list(setting.declared.indifferent)
    return tables, {
        "worlds": {name: len(several) for name, several in worlds.items()},
        "weights": setting.declared.weights,
        "indifferent": indifferent,
        "choices": choices_kept(setting.config, indifferent),
        "files": {name: sha256(folder / name) for name in FILES},
    }


def _shares(answers: Sequence[pd.DataFrame], setting: Setting) -> pd.DataFrame:
    fewest = len(setting.declared.drawn) + FURTHER_WORLDS
    if len(answers) < fewest:
        log.warning("%d worlds are too few for shares; %d are needed", len(answers), fewest)
        return pd.DataFrame(columns=SHARES)
    return shares_table(answers)
