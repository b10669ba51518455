"""Choices of the preparation, most of which the paper leaves open."""

from collections.abc import Mapping
from dataclasses import dataclass

from welfare_added.run.errors import UserError
from welfare_added.run.options import check_option

OPTIONS = {
    "consolidations": ("merge", "as_recorded"),
    "trim_within": ("year", "all"),
    "off_schedule": ("keep", "nearest"),
    "silent": ("keep", "nearest"),
    "adjust_after": ("carry", "recorded", "every_year"),
    "presence": ("teachers", "sample"),
    "moves_with_school": ("stay", "move"),
}


@dataclass(frozen=True)
class PayChoices:
    """How staff records become teacher-years.

    Attributes
    ----------
    years
        First and last spring studied.
    first_post_year
        First spring under Act 10.
    left_out
        Districts left out of the sample, as Kenosha (footnote 13).
    consolidations
        Districts that end: ``merge`` them with their successors in all years, or keep them
        ``as_recorded``, so that whoever is taken over has moved.
    contract_days
        Days a year to which salaries are brought (section 3.1).
    trim
        Shares of salaries left out at the bottom and at the top.
    trim_within
        ``year``: quantiles of each year, or of ``all`` years together.
    months_a_year
        By which months of seniority are divided (appendix B).
    class_years
        Years of seniority a cell of the schedule.
    fewest_on_mode
        Fewest teachers who earn a cell's modal salary; with fewer the schedule is silent there.
    off_schedule
        Seniority of salaries that are on no step: ``keep`` it, or that of the ``nearest`` salary,
        which takes pay for further credits or duties for seniority.
    silent
        The same where the schedule is silent in a teacher's own class, and her salary is on no
        other step: ``keep`` her seniority, or that of the ``nearest`` salary.
    adjust_after
        Seniority from ``first_post_year`` on: ``carry`` a teacher's last adjustment as long as she
        stays in the district, leave it as ``recorded``, or adjust in ``every_year``.
    presence
        Who is absent has left: absent among all ``teachers``, or in the ``sample``, so that
        trimmed rows count as exits (footnote 25 to the letter).
    moves_with_school
        Teachers whose district changes while their school does not, as where a district is
        divided: ``stay``, or ``move``.

    """

    years: tuple[int, int]
    first_post_year: int
    left_out: tuple[str, ...] = ()
    consolidations: str = "merge"
    contract_days: float = 180.0
    trim: tuple[float, float] = (0.01, 0.01)
    trim_within: str = "year"
    months_a_year: float = 10.0
    class_years: int = 2
    fewest_on_mode: int = 2
    off_schedule: str = "keep"
    silent: str = "keep"
    adjust_after: str = "carry"
    presence: str = "teachers"
    moves_with_school: str = "stay"

    def __post_init__(self) -> None:
        """Refuse options that do not exist; raises UserError."""
        for name, allowed in OPTIONS.items():
            check_option(f"pay.{name}", getattr(self, name), allowed)
        if not self.years[0] < self.first_post_year <= self.years[1]:
            raise UserError(
                f"config.yaml: pay.first_post_year is {self.first_post_year}; "
                f"it must be after {self.years[0]} and not after {self.years[1]}"
            )
        if min(self.trim) < 0 or sum(self.trim) >= 1:
            raise UserError("config.yaml: pay.trim: write two shares from 0 on, together below 1")


def pay_choices(config: Mapping) -> PayChoices:
    """Choices from section ``pay`` of a run's configuration, lists as tuples."""
    own = {name: tuple(one) if isinstance(one, list) else one for name, one in config.items()}
    return PayChoices(**own)
