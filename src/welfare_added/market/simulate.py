"""One run of the market: positions kept, errors drawn, and the lists that follow from them."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from welfare_added.assignment.preference_lists import Lists, ranked
from welfare_added.market.setting import MarketArrays
from welfare_added.run.errors import UserError

Result = TypeVar("Result")
ERRORS = ("logistic", "gumbel")


@dataclass(frozen=True)
class Choices:
    """How the market is simulated (Bates et al. 2022, section 7.1).

    Attributes
    ----------
    runs
        Number of runs.
    seed
        Of positions dropped and errors; the same seed gives the same ones whatever the market.
    infeasible
        Pairs whose windows do not overlap: ``last`` (ranked after all others), or ``unmatched``
        (not acceptable).
    denominator
        Students per whom achievement is given: of all positions kept (``kept``), or of those
        ``matched`` to a teacher.
    principal_errors
        Law of the errors in principals' net utilities: ``logistic`` or ``gumbel``.
    surplus
        Where there are more teachers than positions: ``refuse``, or ``drop`` teachers at random.

    """

    runs: int
    seed: int
    infeasible: str = "last"
    denominator: str = "kept"
    principal_errors: str = "logistic"
    surplus: str = "refuse"

    def __post_init__(self) -> None:
        """Refuse unknown words and numbers of runs."""
        options = {
            "infeasible": ("last", "unmatched"),
            "denominator": ("kept", "matched"),
            "principal_errors": ERRORS,
            "surplus": ("refuse", "drop"),
        }
        for name, words in options.items():
            if getattr(self, name) not in words:
                raise UserError(
                    f"market.{name}: {getattr(self, name)!r} is unknown; want {' or '.join(words)}"
                )
        if self.runs < 2:
            raise UserError(f"market.runs: {self.runs}; standard errors want at least 2")

    def seeds(self) -> list[np.random.SeedSequence]:
        """One seed a run."""
        return np.random.SeedSequence(self.seed).spawn(self.runs)


@dataclass(frozen=True)
class Run:
    """As many positions as teachers, with all errors drawn.

    Attributes
    ----------
    number
        Of the run.
    market
        The market with the n teachers and positions kept.
    people, positions
        (n,) which teachers and positions are kept, ascending; all teachers unless positions lack.
    teachers, principals
        (n, n) teacher by position: utility to the teacher, and net utility to the principal,
        errors included.
    choices
        How the market is simulated.

    """

    number: int
    market: MarketArrays
    people: np.ndarray
    positions: np.ndarray
    teachers: np.ndarray
    principals: np.ndarray
    choices: Choices
    _lists: dict[tuple[str, str, str], Lists] = field(default_factory=dict, repr=False)

    def values(self, side: str, by: str) -> np.ndarray:
        """What pairs are worth to a side, (J, J) teacher by position.

        side: teachers or principals. by: estimated or value_added.
        """
        return self.market.value_added if by == "value_added" else getattr(self, side)

    def lists(self, side: str, by: str, options: str) -> Lists:
        """Lists of a side; each is sorted once.

        options: windows or all. By value added, equal values are in the order of the side's own
        estimated utility.
        """
        key = side, by, options
        if key not in self._lists:
            self._lists[key] = self._ranked(side, by, options)
        return self._lists[key]

    def allowed(self, options: str) -> np.ndarray | None:
        """Pairs that can meet, (J, J); None if all can."""
        return self.market.meets if options == "windows" else None

    def _ranked(self, side: str, by: str, options: str) -> Lists:
        if options == "windows":
            meets = self.market.meets if side == "teachers" else self.market.meets.T
            return self.lists(side, by, "all").restricted(meets, self.choices.infeasible)
        values = self.values(side, by)
        second = None if by == "estimated" else self.lists(side, "estimated", "all")
        return ranked(values if side == "teachers" else np.ascontiguousarray(values.T), second)


def draw_run(
    market: MarketArrays, choices: Choices, number: int, seed: np.random.SeedSequence
) -> Run:
    """Drop positions at random until there are as many as teachers, and draw all errors.

    Where there are fewer, teachers are dropped, or the market refused (`Choices.surplus`).

    Teachers' errors are type I extreme value (eq. 8), principals' logistic unless chosen otherwise
    (eq. 15): one a pair, before positions are dropped, so that a position's errors do not depend
    on which others are kept. Raises UserError where a market is refused.
    """
    random = np.random.default_rng(seed)
    shape = teachers, positions = market.utility.shape
    if positions < teachers and choices.surplus == "refuse":
        raise UserError(
            f"market: {teachers} teachers with value added but {positions} positions. Runs drop "
            "positions until there are as many as teachers; choose a cycle with more, or set "
            "market.surplus: drop, which drops teachers"
        )
    kept = np.sort(random.choice(positions, min(shape), replace=False))
    first = random.gumbel(size=shape)
    second = getattr(random, choices.principal_errors)(size=shape)
    people = np.sort(random.choice(teachers, min(shape), replace=False))
    pairs, some = np.ix_(people, kept), market.at(people, kept)
    return Run(
        number,
        some,
        people,
        kept,
        some.utility + first[pairs],
        some.principal + second[pairs],
        choices,
    )


def each_run(
    market: MarketArrays, choices: Choices, work: Callable[[Run], Result], threads: int = 1
) -> list[Result]:
    """Results of ``work`` on every run, in order; the same for any number of threads."""
    numbered: Sequence[tuple[int, np.random.SeedSequence]] = list(enumerate(choices.seeds()))

    def one(item: tuple[int, np.random.SeedSequence]) -> Result:
        return work(draw_run(market, choices, *item))

    if threads == 1:
        return [one(item) for item in numbered]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, numbered))


def runs_of(market: MarketArrays, choices: Choices) -> Iterator[Run]:
    """Every run, one at a time."""
    for number, seed in enumerate(choices.seeds()):
        yield draw_run(market, choices, number, seed)
