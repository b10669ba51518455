"""The example in which race-neutral plans are counterproductive, solved exactly (appendix A.2).

A student's type θ is a function of income within each of two populations, so those whom a plan
admits are intervals of income. Admission indices are linear in income on each interval, the share
admitted is piecewise linear in the cutoff, and every number is a fraction.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from welfare_added.admissions.welfare import welfare_of_means


@dataclass(frozen=True)
class Population:
    """Students of one population, incomes uniform between two bounds.

    Attributes
    ----------
    name
        u (underrepresented) or o.
    lowest, highest
        Bounds of income.
    mass
        Share of all students.
    advantage
        θ less income.

    """

    name: str
    lowest: Fraction
    highest: Fraction
    mass: Fraction
    advantage: Fraction


@dataclass(frozen=True)
class Segment:
    """Students of one population with incomes between two bounds."""

    population: Population
    low: Fraction
    high: Fraction

    @property
    def mass(self) -> Fraction:
        """Share of all students."""
        length = self.population.highest - self.population.lowest
        return self.population.mass * (self.high - self.low) / length

    @property
    def mean_theta(self) -> Fraction:
        """Mean of θ."""
        return (self.low + self.high) / 2 + self.population.advantage

    @property
    def variance_theta(self) -> Fraction:
        """Variance of θ."""
        return (self.high - self.low) ** 2 / 12

    def between(self, low: Fraction | None, high: Fraction | None) -> tuple["Segment", ...]:
        """Return the part with incomes between two bounds, one segment or none."""
        low = self.low if low is None else max(self.low, low)
        high = self.high if high is None else min(self.high, high)
        return (Segment(self.population, low, high),) if low < high else ()


@dataclass(frozen=True)
class Index:
    """An admission index: constant + theta θ + income I + bonus for members of population u."""

    theta: Fraction = Fraction(1)
    income: Fraction = Fraction(0)
    bonus_u: Fraction = Fraction(0)
    constant: Fraction = Fraction(0)

    @property
    def slope(self) -> Fraction:
        """Change of the index with income within a population, the same in both."""
        return self.theta + self.income

    def intercept(self, population: Population) -> Fraction:
        """Index of a student of the population whose income is zero."""
        bonus = self.bonus_u if population.name == "u" else 0
        return self.constant + self.theta * population.advantage + bonus

    def at(self, population: Population, income: Fraction) -> Fraction:
        """Index of a student of a population and an income."""
        return self.intercept(population) + self.slope * income

    def above(self, segment: Segment, cutoff: Fraction) -> tuple[Segment, ...]:
        """Return the part of a segment with an index above the cutoff; the slope is not zero."""
        income = (cutoff - self.intercept(segment.population)) / self.slope
        return segment.between(*((income, None) if self.slope > 0 else (None, income)))


@dataclass(frozen=True)
class Tier:
    """Students with incomes up to a bound who compete for the tier's own seats.

    Attributes
    ----------
    highest
        Income up to which the tier reaches, from where the one before ends; None in the last.
    share
        Share of the tier's students who are admitted.
    index
        By which they are ranked.

    """

    highest: Fraction | None
    share: Fraction
    index: Index = field(default_factory=Index)


@dataclass(frozen=True)
class Plan:
    """An admission plan: tiers of income from the lowest up; `parameter` is its bonus or number."""

    name: str
    tiers: tuple[Tier, ...]
    parameter: Fraction | None = None


@dataclass(frozen=True)
class Model:
    """Two populations and the share of students whom the elite school admits (A.2)."""

    populations: tuple[Population, ...]
    seats: Fraction

    @property
    def segments(self) -> tuple[Segment, ...]:
        """All students."""
        return tuple(Segment(one, one.lowest, one.highest) for one in self.populations)

    @property
    def mean_theta(self) -> Fraction:
        """Mean of θ over all students."""
        return theta_sum(self.segments)

    @property
    def variance_theta(self) -> Fraction:
        """Variance of θ over all students."""
        return sum(
            one.mass * (one.variance_theta + (one.mean_theta - self.mean_theta) ** 2)
            for one in self.segments
        )

    def welfare(self, mean_theta: Fraction) -> Fraction:
        """Welfare over k when d = 0 and the admitted have this mean θ (proposition 2).

        Those not admitted are a school too.

        """
        refused = (self.mean_theta - self.seats * mean_theta) / (1 - self.seats)
        shares, means = (self.seats, 1 - self.seats), (mean_theta, refused)
        return welfare_of_means(shares, means, self.mean_theta, self.variance_theta)

    def income_quantile(self, share: Fraction) -> Fraction:
        """Income below which a share of all students is."""
        income = Index(theta=Fraction(0), income=Fraction(1))
        return admit(self.segments, income, 1 - share).cutoff


@dataclass(frozen=True)
class Admission:
    """Who is admitted from one tier.

    Attributes
    ----------
    cutoff
        Highest cutoff that admits the mass: the index of the last student admitted.
    admitted
        Students certain to be admitted.
    tied
        Students with an index equal to the cutoff if there are seats for only some of them.
    seats_for_tied
        Share of all students.

    """

    cutoff: Fraction
    admitted: tuple[Segment, ...]
    tied: tuple[Segment, ...] = ()
    seats_for_tied: Fraction = Fraction(0)


def total_mass(segments: Iterable[Segment]) -> Fraction:
    """Share of all students who are in some segments."""
    return sum((one.mass for one in segments), Fraction(0))


def theta_sum(segments: Iterable[Segment]) -> Fraction:
    """Integral of θ over the students of some segments."""
    return sum((one.mass * one.mean_theta for one in segments), Fraction(0))


def admit(segments: tuple[Segment, ...], index: Index, mass: Fraction) -> Admission:
    """Admit the students with the highest index.

    Parameters
    ----------
    segments
        All who compete.
    index
        By which they are ranked.
    mass
        To be admitted, a share of all students.

    Raises
    ------
    ValueError
        If more are to be admitted than compete, or nobody is.

    """
    if not 0 < mass <= total_mass(segments):
        raise ValueError(f"cannot admit {mass} of {total_mass(segments)}")
    if index.slope == 0:
        return _admit_levels(segments, index, mass)
    ends = {index.at(one.population, end) for one in segments for end in (one.low, one.high)}
    upper, mass_above_upper = max(ends), Fraction(0)
    for lower in sorted(ends, reverse=True):
        mass_above = total_mass(part for one in segments for part in index.above(one, lower))
        if mass_above >= mass:
            break
        upper, mass_above_upper = lower, mass_above
    # Between two ends of segments, the mass above a cutoff is linear in it.
    reached = (mass - mass_above_upper) / (mass_above - mass_above_upper)
    cutoff = upper - reached * (upper - lower)
    return Admission(cutoff, tuple(part for one in segments for part in index.above(one, cutoff)))


def _admit_levels(segments: tuple[Segment, ...], index: Index, mass: Fraction) -> Admission:
    """Admit by an index that takes one value in each population."""
    admitted: tuple[Segment, ...] = ()
    for level in sorted({index.intercept(one.population) for one in segments}, reverse=True):
        here = tuple(one for one in segments if index.intercept(one.population) == level)
        left = mass - total_mass(admitted)
        if total_mass(here) > left:
            return Admission(level, admitted, here, left)
        admitted += here
        if total_mass(admitted) == mass:
            break
    return Admission(level, admitted)


@dataclass(frozen=True)
class Range:
    """Lowest and highest value over all ways of breaking ties."""

    lowest: Fraction
    highest: Fraction

    @property
    def value(self) -> Fraction | None:
        """The value if ties do not matter to it, else None."""
        return self.lowest if self.lowest == self.highest else None


@dataclass(frozen=True)
class Outcome:
    """What a plan brings about.

    Attributes
    ----------
    plan
        The plan.
    cutoffs
        Of the index, one a tier.
    share_u
        Share of population u among the admitted.
    mean_theta
        Mean of θ among the admitted.
    welfare
        Welfare over k when d = 0: minus the mean within-school variance of θ.

    """

    plan: Plan
    cutoffs: tuple[Fraction, ...]
    share_u: Range
    mean_theta: Range
    welfare: Range

    @property
    def undetermined(self) -> bool:
        """Whether the plan leaves open who is admitted among students with the same index."""
        return any(one.value is None for one in (self.share_u, self.mean_theta, self.welfare))


def solve(plan: Plan, model: Model) -> Outcome:
    """Solve a plan exactly.

    Raises
    ------
    ValueError
        If the tiers' seats do not add up to the elite school's.

    """
    admissions, low = [], None
    for tier in plan.tiers:
        students = tuple(part for one in model.segments for part in one.between(low, tier.highest))
        admissions.append(admit(students, tier.index, tier.share * total_mass(students)))
        low = tier.highest
    places = sum(total_mass(one.admitted) + one.seats_for_tied for one in admissions)
    if places != model.seats:
        raise ValueError(
            f"{plan.name}: the tiers admit {places} of all students, not {model.seats}"
        )
    share_u = _total([_mass_of_u(one) for one in admissions], model.seats)
    mean_theta = _total([_theta(one) for one in admissions], model.seats)
    cutoffs = tuple(one.cutoff for one in admissions)
    return Outcome(plan, cutoffs, share_u, mean_theta, _welfare_range(model, mean_theta))


def _total(ranges: list[Range], seats: Fraction) -> Range:
    lowest, highest = (sum(getattr(one, end) for one in ranges) for end in ("lowest", "highest"))
    return Range(lowest / seats, highest / seats)


def _mass_of_u(admission: Admission) -> Range:
    certain, tied = (
        total_mass(one for one in segments if one.population.name == "u")
        for segments in (admission.admitted, admission.tied)
    )
    others = total_mass(admission.tied) - tied
    fewest = max(Fraction(0), admission.seats_for_tied - others)
    return Range(certain + fewest, certain + min(tied, admission.seats_for_tied))


def _theta(admission: Admission) -> Range:
    certain = theta_sum(admission.admitted)
    if not admission.seats_for_tied:
        return Range(certain, certain)
    lowest, highest = (
        theta_sum(admit(admission.tied, Index(theta=sign), admission.seats_for_tied).admitted)
        for sign in (Fraction(-1), Fraction(1))
    )
    return Range(certain + lowest, certain + highest)


def _welfare_range(model: Model, mean_theta: Range) -> Range:
    """Welfare is lowest where the school has the mean of all students, if a tie-break does so."""
    ends = [model.welfare(mean_theta.lowest), model.welfare(mean_theta.highest)]
    inside = mean_theta.lowest <= model.mean_theta <= mean_theta.highest
    return Range(model.welfare(model.mean_theta) if inside else min(ends), max(ends))
