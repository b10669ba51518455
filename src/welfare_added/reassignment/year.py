"""A year's positions and candidates, and who may take what in four scenarios (section 6.1)."""

from dataclasses import dataclass, field

import numpy as np

from welfare_added.run.errors import UserError

NO_POSITION = -1
SCENARIOS = ("unconstrained", "unharmed", "observed_retention", "same_school")


@dataclass(frozen=True)
class Year:
    """Candidates (m) and positions (n) of a year.

    Attributes
    ----------
    year
        For messages.
    own
        (m,) position that each candidate has; -1 if none.
    school
        (n,) of each position.
    licensed
        (m, n) whether the candidate has the position's licence.
    licence
        (n,) licence of each position, for messages.

    Raises
    ------
    UserError
        If a position has no teacher or two, or shapes do not fit.

    """

    year: int
    own: np.ndarray
    school: np.ndarray = field(repr=False)
    licensed: np.ndarray = field(repr=False)
    licence: np.ndarray = field(repr=False)

    def __post_init__(self) -> None:
        """Check shapes, and that every position has one teacher."""
        m, n = self.licensed.shape
        shapes = {"own": (m,), "school": (n,), "licence": (n,)}
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise UserError(f"{self.year}: {name} is {getattr(self, name).shape}, want {shape}")
        held = np.bincount(self.own[self.own >= 0], minlength=n)
        if wrong := int((held != 1).sum()):
            raise UserError(
                f"{self.year}: {wrong} positions with no teacher or two; the observed assignment "
                "gives each position one"
            )

    @property
    def observed(self) -> np.ndarray:
        """(n,) candidate who has each position."""
        holder = np.empty(len(self.school), dtype=int)
        placed = self.own >= 0
        holder[self.own[placed]] = np.flatnonzero(placed)
        return holder

    @property
    def unlicensed(self) -> int:
        """Teachers without the licence of their own position, to whom it is open all the same."""
        holder = self.observed
        return int((~self.licensed[holder, np.arange(len(holder))]).sum())


def accepts(year: Year, utility: np.ndarray, status_quo: np.ndarray | None = None) -> np.ndarray:
    """Positions that each candidate weakly prefers to what she has, (m, n).

    Parameters
    ----------
    year
        Candidates and positions.
    utility
        (m, n) of every position, without inertia: reassignments are alternatives to what was
        observed, not moves from it (section 6.1).
    status_quo
        (m,) utility of what candidates without a position have elsewhere; NaN or None: not known,
        and nothing is refused.

    """
    placed = year.own >= 0
    floor = np.full(len(year.own), -np.inf)
    if status_quo is not None:
        floor = np.where(np.isnan(status_quo), -np.inf, status_quo)
    floor[placed] = utility[placed, year.own[placed]]
    return utility >= floor[:, None]


def masks(year: Year, accepted: np.ndarray) -> dict[str, np.ndarray]:
    """Pairs allowed in each of `SCENARIOS`, (m, n); each is a part of the one before.

    accepted: of `accepts`. A teacher's own position is always open to her, whatever her licences
    (footnote 16: the observed assignment is feasible). Candidates without a position are in the
    first two alone.
    """
    placed = np.flatnonzero(year.own >= 0)
    own = np.zeros(year.licensed.shape, dtype=bool)
    own[placed, year.own[placed]] = True
    unconstrained = year.licensed | own
    unharmed = (unconstrained & accepted) | own
    retained = unharmed & (year.own >= 0)[:, None]
    at = np.full(len(year.own), -1, dtype=int)
    at[placed] = year.school[year.own[placed]]
    same_school = retained & (at[:, None] == year.school)
    return dict(zip(SCENARIOS, (unconstrained, unharmed, retained, same_school), strict=True))


def lacking(year: Year, columns: np.ndarray) -> str:
    """Positions that nobody can take, in words: the year, and how many by licence."""
    names, number = np.unique(year.licence[columns], return_counts=True)
    counts = ", ".join(f"{one} of licence {name}" for name, one in zip(names, number, strict=True))
    return f"{year.year}: more positions than candidates who may take them ({counts})"
