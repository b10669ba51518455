"""The market's arrays in files, and how it is put together from the study's tables."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.market import features
from welfare_added.market.assembly import (
    Participants,
    commutes_of,
    effects_of_schools,
    market_arrays,
    participants,
    random_coefficients,
)
from welfare_added.market.estimates import Estimates, NotEstimatedError, read_estimates
from welfare_added.market.robustness import empty_row, robustness_row
from welfare_added.market.setting import MarketArrays
from welfare_added.market.simulate import Choices
from welfare_added.run.errors import UserError

Files = Mapping[str, Path | str]
DECIMALS = 9
PAIRS = ("utility", "principal", "meets", "minutes")


def market_tables(market: MarketArrays) -> dict[str, pd.DataFrame]:
    """Tables of teachers, positions and pairs that `read_market` takes; rows are codes.

    teachers: mu_0, mu_1, absolute_advantage and traits. positions: class_size, share_1 and traits.
    pairs: teacher, position, utility, principal, meets, minutes; gamma in all rows.
    """
    teachers = pd.DataFrame({"mu_0": market.mu[:, 0], "mu_1": market.mu[:, 1]})
    teachers = teachers.assign(
        absolute_advantage=market.absolute_advantage, **market.teacher_traits
    )
    positions = pd.DataFrame({"class_size": market.class_size, "share_1": market.share_1})
    positions = positions.assign(**market.position_traits)
    count, places = market.utility.shape
    pairs = pd.DataFrame(
        {
            "teacher": np.repeat(np.arange(count, dtype=np.int32), places),
            "position": np.tile(np.arange(places, dtype=np.int32), count),
            **{name: getattr(market, name).ravel() for name in PAIRS[:3]},
            "minutes": np.nan if market.minutes is None else market.minutes.ravel(),
            "gamma": market.gamma,
        }
    )
    tables = {"teachers": teachers, "positions": positions, "pairs": pairs}
    return {name: table.round(DECIMALS) for name, table in tables.items()}


def read_market(files: Files) -> MarketArrays:
    """The market from files ``market_teachers``, ``market_positions`` and ``market_pairs``."""
    names = ("teachers", "positions", "pairs")
    teachers, positions, pairs = (pd.read_parquet(files[f"market_{name}"]) for name in names)
    shape = len(teachers), len(positions)
    arrays = {name: pairs[name].to_numpy().reshape(shape) for name in PAIRS}
    if np.isnan(arrays["minutes"]).all():
        arrays["minutes"] = None
    return MarketArrays(
        mu=teachers[["mu_0", "mu_1"]].to_numpy(float),
        absolute_advantage=teachers["absolute_advantage"].to_numpy(float),
        class_size=positions["class_size"].to_numpy(float),
        share_1=positions["share_1"].to_numpy(float),
        gamma=float(pairs["gamma"].iloc[0]),
        teacher_traits=_traits(teachers, ("mu_0", "mu_1", "absolute_advantage")),
        position_traits=_traits(positions, ("class_size", "share_1")),
        **arrays,
    )


def _traits(table: pd.DataFrame, own: tuple[str, ...]) -> dict[str, np.ndarray]:
    return {name: table[name].to_numpy(float) for name in table if name not in own}


class Assembly:
    """The market of one cycle, at the estimates or at draws of them.

    Parameters
    ----------
    files
        applicants, positions, schools, teachers, teachers_covariance, principals,
        principals_covariance, random_coefficients, school_effects; commutes if the user has them.
    cycle, least_applications
        See `participants`.
    minutes_a_km, at_least
        See `commutes_of`.
    coefficients
        Which random coefficients: see `random_coefficients`.
    absolute_advantage, experienced
        See `market_arrays`.
    constant_class_size
        Whether all positions have the mean class of the cycle's positions, in utilities too.

    """

    def __init__(
        self,
        files: Files,
        *,
        cycle: int,
        least_applications: int,
        minutes_a_km: float,
        at_least: float,
        coefficients: str,
        absolute_advantage: str,
        experienced: float,
        constant_class_size: bool = False,
    ):
        """Read the tables and the estimates."""
        read = {name: pd.read_parquet(files[name]) for name in ("applicants", "positions")}
        schools = pd.read_parquet(files["schools"])
        who = participants(read["applicants"], read["positions"], cycle, least_applications)
        self.who = _with_one_size(who) if constant_class_size else who
        given = pd.read_parquet(files["commutes"]) if "commutes" in dict(files.items()) else None
        self.minutes = commutes_of(who, read["applicants"], schools, minutes_a_km, at_least, given)
        self.representative = features.representative_schools(schools).loc[cycle]
        self.teachers, self.principals = (_estimates(files, name) for name in SIDES)
        self.deviations = random_coefficients(
            pd.read_parquet(files["random_coefficients"]), who.teachers, coefficients
        )
        effects = pd.read_csv(files["school_effects"], dtype={"school_id": str})
        self.school_effects = effects_of_schools(effects, who.positions)
        self.words = absolute_advantage, experienced

    def market(self) -> MarketArrays:
        """The market at the estimates."""
        return self._at(self.teachers, self.principals, self.deviations)

    def draws(self, number: int, seed: int) -> Iterator[MarketArrays]:
        """The market at draws from the normal laws of both sides' estimates.

        A teacher keeps her normals, so that her random coefficients move with their standard
        deviations. A draw without a dislike of commutes is refused as an estimate would be.
        """
        first, second = np.random.SeedSequence(seed).spawn(2)
        own = self.teachers.draws(number, first)
        others = self.principals.draws(number, second)
        spreads = np.abs(self.teachers.values(features.SPREADS))
        for mine, theirs in zip(own, others, strict=True):
            teachers = self.teachers.at(mine)
            drawn = np.abs(teachers.values(features.SPREADS))
            ratio = np.where(spreads > 0, drawn / np.where(spreads > 0, spreads, 1.0), 1.0)
            yield self._at(teachers, self.principals.at(theirs), self.deviations * ratio)

    def _at(
        self, teachers: Estimates, principals: Estimates, deviations: np.ndarray
    ) -> MarketArrays:
        return market_arrays(
            self.who,
            self.minutes,
            self.representative,
            teachers,
            principals,
            deviations,
            self.school_effects,
            *self.words,
        )


SIDES = ("teachers", "principals")


def _estimates(files: Files, side: str) -> Estimates:
    tables = pd.read_csv(files[side]), pd.read_csv(files[f"{side}_covariance"])
    try:
        return read_estimates(*tables)
    except NotEstimatedError:
        raise  # its text becomes the note of a row of table 7, which names no file
    except UserError as error:
        raise UserError(f"{files[side]} and {files[f'{side}_covariance']}: {error}") from None


def _with_one_size(who: Participants) -> Participants:
    mean = float(who.positions["class_size"].mean())
    return Participants(who.teachers, who.positions.assign(class_size=mean), who.meets)


def row_of_market(
    row: str,
    note: str,
    files: Files,
    assembly: Mapping[str, object],
    choices: Choices,
    threads: int = 1,
) -> dict[str, object]:
    """A row of table 7 from files and choices of its own, with a note of what they are.

    Where there is no such market, as in a cycle of fewer positions than teachers, the row is empty
    and its note says why. See `robustness_row` and `Assembly`.
    """
    try:
        market = Assembly(files, **assembly).market()
        return robustness_row(row, market, choices, threads) | {"note": note}
    except UserError as error:
        return empty_row(row, str(error))
