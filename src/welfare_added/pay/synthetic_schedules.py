"""The synthetic state's salary schedules by district, degree and year of credited seniority."""

from collections.abc import Mapping

import numpy as np

from welfare_added.pay.frames import DEGREES
from welfare_added.pay.synthetic_districts import GROUPS, Districts

LONGEST = 60  # years in the table of a schedule
BOUNDS = (5, 20)  # years of table 2's young and old teachers: at most 5, more than 20
CENTRE = 2009  # of 2007 to 2011, the years of figure 1


def logistic(value_added: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)) of standardised value added (footnote 34)."""
    return 1.0 / (1.0 + np.exp(-value_added))


def master_odds(seniority: np.ndarray, by_year: float) -> np.ndarray:
    """Log odds of a Master less those at no seniority."""
    return by_year * np.minimum(seniority, 15.0)


def draw_schedules(
    districts: Districts,
    seniority: np.ndarray,
    credited: np.ndarray,
    master: np.ndarray,
    inputs: Mapping,
    parameters: Mapping,
    rng: np.random.Generator,
) -> np.ndarray:
    """Schedules of the centre year [$], (J, 4 degrees, `LONGEST` + 1 years), whole dollars.

    A district's pay of teachers of at most 5 and of more than 20 years has the moments of its
    regime (table 2); between them schedules are concave. Racine and Green Bay pay as in figure 1.

    Parameters
    ----------
    districts
        Those of the state.
    seniority, credited, master
        (n,) recorded and credited years and degree of the state's teachers, from whom shares of
        Masters and mean steps of the young and the old come.

    """
    own = parameters["salaries"]
    young, old = _levels(districts, inputs["districts"], own["levels_correlation"], rng)
    steps = step_values(own)
    at = steps[np.clip(credited, 0, LONGEST)]
    groups = seniority <= BOUNDS[0], seniority > BOUNDS[1]
    mean = [_means(at[group], master[group], own) for group in groups]
    # pay = base + increment x growth of the degree x step + premium, linear in base and increment
    increment = (old - young - (mean[1][1] - mean[0][1])) / (mean[1][0] - mean[0][0])
    base = young - mean[0][1] - increment * mean[0][0]
    made = _lines(base, increment, own)
    for name in ("racine", "green_bay"):
        row = np.flatnonzero(districts.name == name)[0]
        printed = inputs["salary_schedule"]["pre_2007_2011"][name]
        made[row] = _through(printed, own)
    return made.round()


def _levels(districts, moments, correlation: float, rng):
    """Mean pay of young and old teachers of each district [$]."""
    draw = rng.standard_normal((2, len(districts.ids)))
    draw[1] = correlation * draw[0] + np.sqrt(1 - correlation**2) * draw[1]
    young, old = np.zeros((2, len(districts.ids)))
    for regime, group in GROUPS.items():
        mine = districts.regime == regime
        for values, one, name in (
            (young, draw[0], "salary_experience_5_or_less"),
            (old, draw[1], "salary_experience_over_20"),
        ):
            mean, sd = moments[group][name]
            values[mine] = mean + sd * one[mine]
    return young, np.maximum(old, young * 1.15)


def step_values(own: Mapping) -> np.ndarray:
    """Place of each year on a schedule between its first (0) and its top (1), (LONGEST + 1,)."""
    years = np.clip(np.arange(LONGEST + 1.0), 1, own["top_years"])
    return ((years - 1) / (own["top_years"] - 1)) ** own["power"]


def _means(at: np.ndarray, master: np.ndarray, own: Mapping) -> tuple[float, float]:
    """Mean of what multiplies the increment, and mean premium [$], of a group of teachers."""
    lanes = np.dot(np.arange(len(own["credits"]["shares"])), own["credits"]["shares"])
    premium = master * (own["master"] + lanes * own["credits"]["dollars"])
    growth = np.where(master, own["master_growth"], 1.0)
    return float((at * growth).mean()), float(premium.mean())


def _lines(base: np.ndarray, increment: np.ndarray, own: Mapping) -> np.ndarray:
    """Schedules of bases and increments, degrees in the order of `DEGREES`."""
    steps = step_values(own)
    bachelor = base[:, None] + increment[:, None] * steps
    master = base[:, None] + own["master"] + own["master_growth"] * increment[:, None] * steps
    by_degree = {"BA": bachelor, "MA": master, "PhD": master + own["phd"], "other": bachelor}
    return np.stack([by_degree[one] for one in DEGREES], axis=1)


def _through(printed: Mapping, own: Mapping) -> np.ndarray:
    """Schedule of one district through its printed medians of Masters at 5-6 and 29-30 years."""
    steps = step_values(own)
    low, high = printed["years_5_6"][0], printed["years_29_30"][0]
    first, last = steps[5], steps[29]  # credited a little less than recorded
    increment = (high - low) / (last - first) / own["master_growth"]
    base = low - own["master"] - own["master_growth"] * increment * first
    return _lines(np.array([base]), np.array([increment]), own)[0]


def of_year(schedule: np.ndarray, year: int, growth: float) -> np.ndarray:
    """Schedules of a year [$], whole dollars."""
    return np.round(schedule * (1.0 + growth) ** (year - CENTRE))
