"""The market as arrays: teachers with forecasts, positions, and what each pair is worth."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from welfare_added.run.errors import UserError

OF_TEACHERS = ("mu", "absolute_advantage")
OF_POSITIONS = ("class_size", "share_1")
OF_PAIRS = ("utility", "principal", "meets", "minutes", "match_effect")


@dataclass(frozen=True)
class MarketArrays:
    """J teachers and P positions of one cycle.

    Attributes
    ----------
    mu
        (J, 2) forecast value added per student of type 0 and 1, experience included [student SD].
    class_size, share_1
        (P,) students of the position's class, and the share of them who are of type 1.
    utility
        (J, P) representative utility of the position to the teacher, at her random coefficients.
    gamma
        Utility of one minute less of one-way commute.
    principal
        (J, P) representative net utility of the teacher to the position's principal.
    meets
        (J, P) bool, whether the active windows of teacher and position overlap.
    absolute_advantage
        (J,) value added per student at the district's representative school [student SD].
    teacher_traits, position_traits
        Further columns by name, (J,) and (P,): experience, experienced, black; share_black, ...
    minutes
        (J, P) one-way commute, NaN where missing; None if unknown.
    match_effect
        (J, P) effect of the pair on value added per student beyond types [student SD]; None: zero.

    """

    mu: np.ndarray
    class_size: np.ndarray
    share_1: np.ndarray
    utility: np.ndarray
    gamma: float
    principal: np.ndarray
    meets: np.ndarray
    absolute_advantage: np.ndarray
    teacher_traits: Mapping[str, np.ndarray] = field(default_factory=dict)
    position_traits: Mapping[str, np.ndarray] = field(default_factory=dict)
    minutes: np.ndarray | None = None
    match_effect: np.ndarray | None = None

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit, missing values, and what cannot be valued in minutes."""
        teachers, positions = self.utility.shape
        wanted = {
            "mu": (teachers, 2),
            "class_size": (positions,),
            "share_1": (positions,),
            "principal": (teachers, positions),
            "meets": (teachers, positions),
            "absolute_advantage": (teachers,),
        }
        for name, shape in wanted.items():
            values = getattr(self, name)
            if values.shape != shape:
                raise ValueError(f"{name} has shape {values.shape}; utility wants {shape}")
        for name in ("utility", *(name for name in wanted if name != "meets")):
            missing = int((~np.isfinite(getattr(self, name))).sum())
            if missing:
                raise UserError(
                    f"market: {name} is missing or infinite in {missing} places. Only teachers "
                    "with value added and positions of schools with enrolments take part"
                )
        if not (self.class_size > 0).all() or (np.abs(self.share_1 - 0.5) > 0.5).any():
            raise UserError("market: class sizes must be positive, and shares between 0 and 1")
        if not self.gamma > 0:
            raise UserError(
                f"market: the utility of a minute less of commute is {self.gamma:g}; minutes of "
                "commute can only be a unit of account where it is positive. Commutes need "
                "coordinates of applicants and schools, or the table of commutes"
            )

    @cached_property
    def students(self) -> np.ndarray:
        """Students of type 0 and 1 of each position, (P, 2)."""
        return self.class_size[:, None] * np.stack([1 - self.share_1, self.share_1], axis=1)

    @cached_property
    def value_added(self) -> np.ndarray:
        """Total value added of each pair, (J, P) [students x student SD] (eq. 6)."""
        total = self.mu @ self.students.T
        return total if self.match_effect is None else total + self.match_effect * self.class_size

    @cached_property
    def comparative_advantage(self) -> np.ndarray:
        """Value added per student of each pair less the teacher's absolute advantage, (J, P)."""
        return self.value_added / self.class_size - self.absolute_advantage[:, None]

    def at(self, teachers: np.ndarray, positions: np.ndarray) -> "MarketArrays":
        """The market with these teachers and positions only, in this order."""
        some: dict[str, object] = {name: getattr(self, name)[teachers] for name in OF_TEACHERS}
        some |= {name: getattr(self, name)[positions] for name in OF_POSITIONS}
        for name in OF_PAIRS:
            values = getattr(self, name)
            some[name] = None if values is None else values[np.ix_(teachers, positions)]
        for name, kept in (("teacher_traits", teachers), ("position_traits", positions)):
            some[name] = {one: values[kept] for one, values in getattr(self, name).items()}
        return replace(self, **some)

    def constant_class_size(self) -> "MarketArrays":
        """The market where all classes have the mean number of students."""
        return replace(self, class_size=np.full_like(self.class_size, self.class_size.mean()))
