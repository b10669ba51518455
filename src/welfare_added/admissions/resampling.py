"""Settings of applicants drawn with replacement, one by one or by whole census tracts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from welfare_added.admissions.keys import STEPS_A_POINT, strict_keys, units_a_step
from welfare_added.admissions.local_ranks import eighth_graders, local_rank
from welfare_added.admissions.plans import Setting
from welfare_added.admissions.pool import Pool
from welfare_added.run.errors import UserError

UNITS = ("applicants", "tracts")


@dataclass(frozen=True)
class Source:
    """What settings are built from, by applicant; all arrays (n,) or (n, ...).

    Attributes
    ----------
    pool
        The applicants; their keys are made anew for every draw.
    tie_breaks
        Columns that break ties of the score, as of `strict_keys`; none are needed.
    indices
        Index by plan. Its coefficients are taken as given: they are not estimated anew.
    tract, community
        Label of census tract and of community area.
    eighth_graders, community_eighth_graders
        Number of 8th graders there.
    tiers
        Choices of the tier plan, as of `Setting`.
    steps
        Of the score's grid from 0 to 100.
    targets
        As of `Setting`.

    """

    pool: Pool
    tie_breaks: pd.DataFrame
    indices: Mapping[str, np.ndarray]
    tract: np.ndarray
    community: np.ndarray
    eighth_graders: np.ndarray
    community_eighth_graders: np.ndarray
    tiers: Mapping[str, object]
    steps: int = 100 * STEPS_A_POINT
    targets: Mapping[int, Mapping[str, int]] = field(default_factory=dict)

    def setting(self, rows: np.ndarray, copy: np.ndarray, random: np.ndarray) -> Setting:
        """The setting of some applicants, (m,) rows, who may recur.

        copy: (m,) which copy of her tract each belongs to; tracts without repetition are copy 0.
        random: (m,) different numbers that break ties where nothing else does, so that the
        repeated ones have keys of their own.
        """
        steps = np.rint(self.pool.scores[rows] * (self.steps / 100)).astype(np.int64)
        keys = strict_keys(steps, self.tie_breaks.iloc[rows], random, units_a_step(self.steps))
        pool = replace(self.pool.rows(rows), keys=keys)
        ranks = {
            "top_communities": local_rank(keys, self.community[rows], self._children(rows, copy)),
            "top_tracts": local_rank(
                keys, _codes(self.tract[rows], copy), self.eighth_graders[rows]
            ),
        }
        indices = {plan: index[rows] for plan, index in self.indices.items()}
        return Setting(pool, indices, ranks, self.tiers, self.targets)

    def _children(self, rows: np.ndarray, copy: np.ndarray) -> np.ndarray:
        """8th graders of each one's community: as published, less its tracts that were not drawn.

        Tracts drawn several times count as often.
        """
        everybody = np.arange(len(self.pool))
        drawn = self._by_community(rows, copy)
        usual = self._by_community(everybody, np.zeros(len(self.pool), dtype=np.int64))
        community = self.community[rows]
        change = drawn.loc[community].to_numpy() - usual.loc[community].to_numpy()
        return self.community_eighth_graders[rows] + change

    def _by_community(self, rows: np.ndarray, copy: np.ndarray) -> pd.Series:
        """Sum of 8th graders over the tracts of applicants, by community."""
        table = pd.DataFrame(
            {
                "community": self.community[rows],
                "tract": self.tract[rows],
                "copy": copy,
                "children": self.eighth_graders[rows],
            }
        )
        each = table.drop_duplicates(["tract", "copy"])
        return each.groupby("community")["children"].sum()


@dataclass(frozen=True)
class Resampled:
    """A setting drawn from a source with a seed. by: ``applicants``, or ``tracts`` as a whole."""

    source: Source
    by: str = "applicants"

    def __post_init__(self):
        """Refuse an unknown unit."""
        if self.by not in UNITS:
            raise UserError(f"by: {self.by!r} cannot be drawn; use {' or '.join(UNITS)}")

    def __call__(self, seed: np.random.SeedSequence) -> Setting:
        """Draw as many applicants, or as many tracts, as there are, and build their setting."""
        rng = np.random.default_rng(seed)
        n = len(self.source.pool)
        if self.by == "applicants":
            rows = rng.integers(0, n, n)
            copy = np.zeros(n, dtype=np.int64)
        else:
            rows, copy = _whole_tracts(self.source.tract, rng)
        return self.source.setting(rows, copy, rng.permutation(len(rows)))


def _whole_tracts(tract: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rows of all applicants of tracts drawn with replacement, and the number of the copy."""
    _, codes = np.unique(tract, return_inverse=True)
    by_tract = np.argsort(codes, kind="stable")
    starts = np.append(0, np.cumsum(np.bincount(codes)))
    tracts = len(starts) - 1
    times = np.bincount(rng.integers(0, tracts, tracts), minlength=tracts)
    drawn = np.repeat(np.arange(tracts), times)
    number = np.arange(len(drawn)) - np.repeat(np.cumsum(times) - times, times)
    rows = [by_tract[starts[one] : starts[one + 1]] for one in drawn]
    return np.concatenate(rows), np.repeat(number, [len(part) for part in rows])


def _codes(tract: np.ndarray, copy: np.ndarray) -> np.ndarray:
    """One number for each copy of each tract, (m,)."""
    _, codes = np.unique(tract, return_inverse=True)
    return codes * (copy.max(initial=0) + 1) + copy


def source_of(
    setting: Setting, applicants: pd.DataFrame, tracts: pd.DataFrame, grades: int, steps: int
) -> Source:
    """Source of resampled settings from a study's own.

    applicants: of the setting, in its order: tract, community_area, key. tracts: of their year:
    tract, community_area, children. grades: children over 8th graders. steps: of
    the score's grid. Ties are broken by the keys.
    """
    of_tract, of_area = eighth_graders(applicants, tracts, grades)
    return Source(
        pool=setting.pool,
        tie_breaks=applicants[["key"]],
        indices=setting.indices,
        tract=applicants["tract"].to_numpy(),
        community=applicants["community_area"].to_numpy(),
        eighth_graders=of_tract,
        community_eighth_graders=of_area,
        tiers=setting.tiers,
        steps=steps,
        targets=setting.targets,
    )
