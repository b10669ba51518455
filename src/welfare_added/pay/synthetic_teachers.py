"""The synthetic state's teachers: seniority, degrees, effects on scores, credited years."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from welfare_added.pay.frames import DEGREES
from welfare_added.pay.synthetic_districts import GROUPS, Districts
from welfare_added.pay.synthetic_schedules import master_odds

DECIMALS = 8  # of planted truth; further digits depend on the machine
BA, MA, PHD, OTHER = range(len(DEGREES))


@dataclass
class Teachers:
    """N teachers who ever taught, numbered.

    Attributes
    ----------
    seniority
        (N,) years recorded, whole.
    lag
        (N,) years that a district credits less.
    odd_months
        (N,) months beyond whole years.
    degree, credits
        (N,) number of `DEGREES`; further credits of Masters in lanes.
    female, birth_year, race
        (N,); race is a number.
    value, math, reading
        (N,) standardised value added of what she teaches, and effects on scores [pupil SD].
    days, fte
        (N,) days of contract and full-time share.

    """

    seniority: np.ndarray
    lag: np.ndarray
    odd_months: np.ndarray
    degree: np.ndarray
    credits: np.ndarray
    female: np.ndarray
    birth_year: np.ndarray
    race: np.ndarray
    value: np.ndarray
    math: np.ndarray
    reading: np.ndarray
    fte: np.ndarray

    def __len__(self) -> int:
        """Number of teachers."""
        return len(self.seniority)

    def add(self, other: "Teachers") -> np.ndarray:
        """Add teachers; their numbers."""
        begin = len(self)
        for one in fields(self):
            joined = np.concatenate([getattr(self, one.name), getattr(other, one.name)])
            setattr(self, one.name, joined)
        return np.arange(begin, len(self))

    def credited(self, who: np.ndarray) -> np.ndarray:
        """Years by which a schedule places them, whole, from 0."""
        return np.maximum(self.seniority[who] - self.lag[who], 0)


def teacher_ids(number: np.ndarray) -> np.ndarray:
    """Identifiers of teachers by number."""
    return np.array([f"t{one:06d}" for one in number.tolist()], dtype=object)


def first_seniority(
    district: np.ndarray, districts: Districts, inputs: Mapping, parameters: Mapping, rng
) -> np.ndarray:
    """Years of seniority of the first teachers, whole: published moments, means by regime."""
    mean, sd = inputs["teachers"]["pre_2011"]["experience"]
    longest = parameters["longest"]
    part = mean / longest
    spread = part * (1 - part) / (sd / longest) ** 2 - 1
    drawn = longest * rng.beta(part * spread, (1 - part) * spread, len(district))
    own = inputs["districts"]
    level = np.array([own[GROUPS[one]]["experience"][0] for one in districts.regime])
    shift = level + parameters["between_sd_experience"] * rng.standard_normal(len(level))
    shift = shift[district] - shift[district].mean()
    return np.clip(np.floor(drawn + shift + 0.5), 0, longest).astype(np.int64)


def draw_teachers(
    seniority: np.ndarray,
    odds: np.ndarray,
    level: np.ndarray,
    subject: np.ndarray,
    year: int,
    inputs: Mapping,
    parameters: Mapping,
    rng: np.random.Generator,
) -> Teachers:
    """Draw teachers of a seniority.

    Parameters
    ----------
    seniority
        (n,) years.
    odds
        (n,) log odds of a Master at no seniority, of their districts.
    level, subject
        (n,) names: elementary or secondary, and what is taught.
    year
        Spring.
    inputs, parameters
        Contents of inputs.yaml and parameters.yaml.

    """
    number, own = len(seniority), parameters["teachers"]
    master = rng.random(number) < 1 / (
        1 + np.exp(-odds - master_odds(seniority, own["master_by_year"]))
    )
    degree = np.where(master, MA, BA)
    rare = rng.random(number)
    phd = inputs["teachers"]["pre_2011"]["phd"]
    degree = np.where(rare < phd, PHD, np.where(rare < phd + own["other_degree"], OTHER, degree))
    madison = inputs["salary_schedule"]["off_schedule_madison_2011"]
    below = madison["below"] / sum(madison[one] for one in ("on_line", "below", "above"))
    lag = np.where(rng.random(number) < below, 1, 0)
    further = (lag > 0) & (rng.random(number) < parameters["salaries"]["further_lag"])
    lag += np.where(further, rng.integers(1, 4, number), 0)
    pieces = parameters["salaries"]["credits"]["shares"]
    credits = np.searchsorted(np.cumsum(pieces), rng.random(number)).clip(0, len(pieces) - 1)
    value, math, reading = _effects(level, subject, inputs, parameters, rng)
    part = own["part_time"]
    hours = np.array(part["fte"])[rng.integers(0, len(part["fte"]), number)]
    races = np.cumsum(list(own["race"].values()))
    return Teachers(
        seniority=seniority,
        lag=lag,
        odd_months=np.where(rng.random(number) < 0.05, rng.integers(1, 10, number), 0),
        degree=degree,
        credits=np.where(np.isin(degree, (MA, PHD)), credits, 0),
        female=rng.random(number) < inputs["teachers"]["pre_2011"]["female"],
        birth_year=year
        - 23
        - seniority
        - np.floor(rng.exponential(4.0, number)).astype(int).clip(0, 25),
        race=np.searchsorted(races, rng.random(number)).clip(0, len(races) - 1),
        value=value,
        math=math,
        reading=reading,
        fte=np.where(rng.random(number) < part["share"], hours, 1.0),
    )


def _effects(level, subject, inputs, parameters, rng):
    """Standardised value added, and effects in both subjects [pupil SD]."""
    sd = inputs["value_added"]["sd_with_shrinkage"]
    correlation = parameters["value_added"]["subjects_correlation"]
    draw = rng.standard_normal((2, len(level)))
    draw[1] = correlation * draw[0] + np.sqrt(1 - correlation**2) * draw[1]
    both = (draw[0] + draw[1]) / np.sqrt(2 + 2 * correlation)
    value = np.select([subject == "all", subject == "reading"], [both, draw[1]], draw[0])
    scale = [
        np.where(level == "elementary", sd[f"elementary_{one}"], sd[f"secondary_{one}"])
        for one in ("math", "reading")
    ]
    return tuple(one.round(DECIMALS) for one in (value, scale[0] * draw[0], scale[1] * draw[1]))


def master_levels(
    district: np.ndarray,
    seniority: np.ndarray,
    districts: Districts,
    inputs: Mapping,
    parameters: Mapping,
    rng: np.random.Generator,
) -> np.ndarray:
    """Log odds of a Master at no seniority, (J,): shares by regime as in tables 2 and A1.

    Named districts have the mean of their regime: one of them is a tenth of the state.
    """
    own = inputs["districts"]
    moments = np.array([own[GROUPS[one]]["ma"] for one in districts.regime])
    staff = np.maximum(np.bincount(district, minlength=len(moments)), 1)
    draw = np.where(districts.name == "", rng.standard_normal(len(moments)), 0.0)
    target = np.clip(moments[:, 0] + moments[:, 1] * draw, 0.08, 0.92)
    by_seniority = master_odds(seniority, parameters["master_by_year"])
    odds = np.zeros(len(moments))
    for _ in range(30):  # Newton; settles in a few steps
        share = 1 / (1 + np.exp(-odds[district] - by_seniority))
        mean = np.bincount(district, share, len(moments)) / staff
        slope = np.bincount(district, share * (1 - share), len(moments)) / staff
        odds += np.clip((target - mean) / np.maximum(slope, 1e-3), -1.0, 1.0)
    return odds.round(DECIMALS)
