"""Small tables of plausible numbers, in the shapes that the earlier stages write."""

from itertools import product

import numpy as np
import pandas as pd

from welfare_added.exhibits.eastmond_2024 import bias as b
from welfare_added.exhibits.eastmond_2024 import (
    bootstrap,
    constrained,
    open_choices,
    profiles,
    scatter,
    sorting,
    theory,
    validation,
)
from welfare_added.exhibits.eastmond_2024 import calibration as c
from welfare_added.exhibits.eastmond_2024 import ces as ces_planner
from welfare_added.exhibits.eastmond_2024 import delivered as claimed
from welfare_added.exhibits.eastmond_2024 import earnings as e
from welfare_added.exhibits.eastmond_2024 import frontiers as f

WEIGHTS = np.linspace(0, 1, 11)
LEVELS = {"ela": 0.6, "math": 1.0}
REACH = {"district": 1.0, "school": 0.3}
USE = {"heterogeneous": 1.0, "standard": 0.6}


def frontiers(weights=WEIGHTS) -> pd.DataFrame:
    rows = []
    for subject, level in (LEVELS | {"both": 0.7}).items():
        for scope, reach in REACH.items():
            for information, use in USE.items():
                size = 0.1 * level * reach * use
                angle = 0.25 + weights * (np.pi / 2 - 0.3)
                for weight, at in zip(weights, angle, strict=True):
                    lower = size * np.sin(at) - 0.3 * size
                    higher = 1.1 * size * np.cos(at) - 0.25 * size
                    rows.append(
                        (subject, scope, information, weight, lower, higher, (lower + higher) / 2)
                    )
    names = ["subject", "scope", "information", "weight", "gain_lower", "gain_higher", "gain_mean"]
    return pd.DataFrame(rows, columns=names).assign(certificate=0.0)


def exact_frontiers() -> pd.DataFrame:
    """The same frontiers with a vertex at every thousandth of the weight."""
    return frontiers(np.linspace(0, 1, 1001)).rename(columns={"weight": "weight_from"})


def weighted(columns: dict, weights=WEIGHTS, information=True) -> pd.DataFrame:
    """One row a subject, scope, information and weight; each column a function of the four."""
    rows = []
    for subject, level in LEVELS.items():
        for scope, reach in REACH.items():
            for source, use in USE.items() if information else [(None, 1.0)]:
                for weight in weights:
                    row = {"subject": subject, "scope": scope, "information": source}
                    values = {name: f(level, reach, use, weight) for name, f in columns.items()}
                    rows.append(row | {"weight": weight} | values)
    table = pd.DataFrame(rows)
    return table if information else table.drop(columns="information")


def index(weights=WEIGHTS) -> pd.DataFrame:
    return weighted(
        {
            "gain_over_utilitarian": lambda s, r, u, w: 0.16 * s * r * (w - 0.5) ** 2,
            "gain_over_standard": lambda s, r, u, w: 0.02 * (s + r) * (1 - 4 * (w - 0.53) ** 2),
            "gain_mean_over_standard": lambda s, r, u, w: 0.02 * s * r * (1.5 - np.cos(12 * w)),
        },
        weights,
        information=False,
    )


def gaps(weights=WEIGHTS) -> pd.DataFrame:
    return weighted(
        {
            "change_higher_lower": lambda s, r, u, w: 0.15 * s * r * (0.55 - w),
            "change_racial": lambda s, r, u, w: 0.08 * s * r * (0.66 - w),
            "baseline_higher_lower": lambda s, r, u, w: 1.2,
            "baseline_racial": lambda s, r, u, w: 0.7,
        },
        weights,
    )


def winners(weights=WEIGHTS) -> pd.DataFrame:
    return weighted(
        {
            "share_harmed": lambda s, r, u, w: 0.36 + 0.06 * r * (0.5 + abs(w - 0.5)),
            "mean_loss": lambda s, r, u, w: 0.1 + 0.1 * s * r,
        },
        weights,
    )


def bias(weights=WEIGHTS) -> pd.DataFrame:
    one = {
        "external_validity": lambda s, r, u, w: 0.02 * s * r * (1 - (w - 0.5) ** 2),
        "covariance": lambda s, r, u, w: 0.05 * s * r * (w - 0.5) ** 2,
    }
    two = {
        "external_validity": lambda s, r, u, w: -0.004 * s * r * u,
        "covariance": lambda s, r, u, w: 0.0,
    }
    table = pd.concat(
        [weighted(one, weights).assign(theorem=1), weighted(two, weights).assign(theorem=2)]
    )
    return table.assign(bias=table["external_validity"] + table["covariance"])


def standard_errors(held_out: bool = True) -> pd.DataFrame:
    """Estimates of the frontiers above, with intervals of a tenth of them on either side."""
    chosen = frontiers(np.array([0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0])).drop(columns="certificate")
    standard = (chosen["information"] == "standard") & (chosen["weight"] != 0.5)
    table = chosen[~standard].copy()
    table["index"] = (
        table["weight"] * table["gain_lower"] + (1 - table["weight"]) * table["gain_higher"]
    )
    if held_out:
        for name in ("lower", "higher", "mean"):
            table[f"held_out_{name}"] = 0.7 * table[f"gain_{name}"]
        table["overstated"] = 0.3 * table["gain_mean"]
    at_half = table["weight"] == 0.5
    table.loc[at_half & (table["information"] == "heterogeneous"), "over_standard"] = 2 / 3
    table.loc[at_half & (table["information"] == "standard"), "higher_over_lower"] = 1.3
    table.loc[table["subject"] == "both", "earnings_mean"] = 1234.0
    table.loc[table["subject"] == "both", "break_even_bonus"] = 7000.0
    keys = ["subject", "scope", "information", "weight"]
    long = table.melt(keys, var_name="quantity", value_name="estimate").dropna()
    size = long["estimate"].abs() / 10
    spread = {"standard_error": 0.6 * size, "bias": 0.0 * size, "replications": 40}
    ends = {"low": long["estimate"] - size, "high": long["estimate"] + 1.5 * size}
    return long.assign(**spread, **ends, mean=long["estimate"]).reset_index(drop=True)


def constrained_frontiers(plans=9, weights=(0.1, 0.5, 0.9)) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "plan": f"plan_{plan}",
            "subject": subject,
            "weight": weight,
            "gain_lower": 0.01 * scale * weight - 0.001 * plan,
            "gain_higher": 0.01 * scale * (1 - weight) - 0.001 * plan,
            "cost": 0.001 * plan * (1 + weight),
        }
        for subject, scale in (("ela", 3), ("math", 5), ("both", 4))
        for plan in range(plans)
        for weight in weights
    )


def value_added(teachers: int = 40, seed: int = 1) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    common = draw.standard_normal(teachers)
    parts = []
    for subject, sd in {"ela": 0.11, "math": 0.18}.items():
        own = 0.7 * common + 0.6 * draw.standard_normal(teachers)
        lower = sd * (own + 0.4 * draw.standard_normal(teachers))
        higher = 1.1 * sd * (own + 0.4 * draw.standard_normal(teachers))
        parts.append(
            pd.DataFrame(
                {
                    "subject": subject,
                    "teacher_id": [f"T{i:05d}" for i in range(teachers)],
                    "year": 2003 + np.arange(teachers) % 11,
                    "va_standard": (lower + higher) / 2,
                    "va_lower": lower,
                    "va_higher": higher,
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    again = table.iloc[[0, teachers]].assign(grade=4, school_id="S2")
    return pd.concat([table.assign(grade=3, school_id="S1"), again], ignore_index=True)


def moments() -> pd.DataFrame:
    values = {
        "value_added.ela.correlation": 0.70,
        "value_added.ela.slope_higher_on_lower": 0.71,
        "value_added.math.correlation": 0.80,
        "value_added.math.slope_higher_on_lower": 0.95,
        "class_size.sd_within_grade_year": 3.68,
        "class_size.sd_within_school_grade_year": 1.71,
        "share_of_class_lower_scoring.sd_within_grade_year.ela": 0.501,
        "share_of_class_lower_scoring.sd_within_grade_year.math": 0.502,
        "share_of_class_lower_scoring.sd_within_school_grade_year.ela": 0.461,
        "share_of_class_lower_scoring.sd_within_school_grade_year.math": 0.462,
    }
    return pd.DataFrame(list(values.items()), columns=["quantity", "value"])


def sorting_bins() -> pd.DataFrame:
    slopes = {
        ("share_lower", "absolute"): {"ela": -0.21, "math": -0.17},
        ("share_lower", "comparative"): {"ela": -0.10, "math": 0.19},
        ("class_size", "absolute"): {"ela": 0.09, "math": 0.13},
        ("class_size", "comparative"): {"ela": 0.07, "math": -0.12},
    }
    draw = np.random.default_rng(3)
    rows = []
    for (against, advantage), by_subject in slopes.items():
        x = np.linspace(0.08, 0.93, 20) if against == "share_lower" else np.linspace(10, 34, 17)
        run = 1 if against == "share_lower" else 25
        for subject, slope in by_subject.items():
            y = slope / run * (x - x.mean()) + 0.03 * draw.standard_normal(len(x))
            for number, (one, other) in enumerate(zip(x, y, strict=True), 1):
                rows.append((subject, advantage, against, number, one, other, 500 + number, slope))
    names = ["subject", "advantage", "against", "bin", "x", "y", "classes", "slope"]
    errors = {"ela": 0.031, "math": 0.027}
    table = pd.DataFrame(rows, columns=names)
    return table.assign(slope_error=table["subject"].map(errors))


def earnings(weights=WEIGHTS) -> pd.DataFrame:
    table = frontiers(weights)
    table = table[table["subject"] == "both"].drop(columns="subject")
    dollars = table.rename(columns=lambda name: name.replace("gain", "earnings"))
    columns = ["earnings_lower", "earnings_higher", "earnings_mean"]
    return dollars.assign(**{name: 30_000 * dollars[name] for name in columns})


def ces() -> pd.DataFrame:
    table = earnings(np.linspace(0.5, 1, 6)).query("information == 'heterogeneous'")
    return table.assign(gamma=np.tile(np.linspace(0, 4.9, 6), 2)).drop(
        columns=["information", "weight"]
    )


def subjects() -> pd.DataFrame:
    rows = []
    for scope, reach in REACH.items():
        for weight in WEIGHTS:
            at = 0.3 + weight * (np.pi / 2 - 0.5)
            ela, math = 0.045 * reach * np.sin(at), 0.06 * reach * np.cos(at)
            rows.append((scope, weight, ela, math, 15.5 * (1524 * ela + 650 * math)))
    names = ["scope", "weight_ela", "gain_ela", "gain_math", "earnings_mean"]
    return pd.DataFrame(rows, columns=names)


def mvpf() -> pd.DataFrame:
    bonus = np.geomspace(100, 100_000, 61)
    parts = []
    for scope, benefit in {"district": 20e6, "school": 5.3e6}.items():
        cost = 941 * bonus - 0.28 / 0.72 * benefit
        ratio = np.where(cost > 0, benefit / np.where(cost > 0, cost, 1), np.inf)
        parts.append(
            pd.DataFrame(
                {
                    "scope": scope,
                    "bonus": bonus,
                    "benefits": benefit,
                    "net_cost": cost,
                    "mvpf": ratio,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def conditions(weights=WEIGHTS) -> pd.DataFrame:
    """Conditions that hold as printed at every weight, in absolute value from 0.5 on."""
    groups = {"ela": ("ela", "math"), "math": ("math", "ela"), "both": ("both", "ela")}
    rows = [
        (subject, scope, "heterogeneous", by, name, weight, -0.02, 0.01, 1.0, float(weight > 0.4))
        for subject, groups_ in groups.items()
        for scope in ("district", "school")
        for by in groups_
        for name in ("2", "3", "4", "15", "16-19")
        for weight in weights
    ]
    columns = ["subject", "scope", "information", "by", "condition", "weight"]
    columns += ["by_group", "by_mean", "holds", "holds_in_size"]
    return pd.DataFrame(rows, columns=columns)


def calibration() -> pd.DataFrame:
    targets = {
        "counts.teachers": 1816,
        "value_added.ela.sd_lower": 0.11,
        "value_added.math.correlation": 0.8,
        "class_size.bins.01": 10.4,
        "class_size.bins.02": 15.6,
        "class_size.bins.classes": 9221,
        "share_of_class_lower_scoring.ela.bins.01": 0.083,
        "share_of_class_lower_scoring.ela.bins.02": 0.159,
        "share_of_class_lower_scoring.math.bins.01": 0.088,
        "share_of_class_lower_scoring.math.bins.02": 0.175,
        "status_quo_sorting.absolute_advantage_on_share_lower.ela": -0.21,
        "teacher_panel.years_observed_per_teacher.02": 0.03,
        "teacher_panel.years_observed_per_teacher.03": 0.11,
    }
    ratio = 1 + 0.02 * np.cos(np.arange(len(targets)))
    ratio[2] = 1.4
    table = pd.DataFrame(list(targets.items()), columns=["quantity", "target"])
    mean, sd = 1.01 * table["target"], 0.02 * table["target"].abs()
    sd[3] = mean[3] = np.nan
    return table.assign(
        achieved=table["target"] * ratio, ratio=ratio, mean=mean, sd=sd, source="figure 2"
    )


def text_numbers() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "quantity": ["break_even_bonus_district", "break_even_bonus_school"],
            "value": [8265.0, 2190.0],
        }
    )


def persistence() -> pd.DataFrame:
    rows = []
    shares = [0.22, 0.3, 0.27, 0.21]
    for subject, level in {"ela": 0.8, "math": 0.9}.items():
        for lag in range(1, 7):
            for group, step in (("standard", 0.02), ("lower", 0.0), ("higher", -0.04)):
                value = level + step - 0.06 * (lag - 1)
                rows.append((subject, "year_to_year_correlation", group, lag, value, 1500))
        rows.append((subject, "same_sign_all_years", "", np.nan, 0.43, 1700))
        for kind, share in zip(validation.YEARS, shares, strict=True):
            rows.append((subject, "share_of_years", kind, np.nan, share, 1700))
    columns = ["subject", "quantity", "group", "lag", "value", "teachers"]
    return pd.DataFrame(rows, columns=columns)


def outcomes() -> pd.DataFrame:
    rows = []
    for measure, start in (("standard", 0.002), ("lower", 0.001), ("higher", 0.003)):
        for number, outcome in enumerate(validation.OUTCOMES):
            effect = start * (number - 1)
            rows.append((outcome, measure, 8 * effect, 0.012, effect, 0.0015, 90_000))
    columns = ["coefficient", "standard_error", "per_teacher_sd", "per_teacher_sd_error"]
    return pd.DataFrame(rows, columns=["outcome", "measure", *columns, "observations"])


HEADLINES = {"ela_district": ("Gain, ELA, district", "student SD", 0.04)}
HEADLINES |= {"earnings": ("Lifetime earnings, district", "dollars per student", 1400.0)}


def choices() -> pd.DataFrame:
    """Effects of three choices on two headline numbers."""
    rows = []
    for headline, (label, unit, default) in HEADLINES.items():
        for step, choice in enumerate(("lower", "ties", "joint")):
            effect = default * 0.05 * (step - 1)
            kept = (default, 0.03 * default, effect, 0.01 * default, 12)
            rows.append((choice, f"Choice of {choice}", headline, label, unit, *kept))
    return pd.DataFrame(rows, columns=open_choices.EFFECTS)


def by_correlation() -> pd.DataFrame:
    """Claimed and delivered gains at three true correlations."""
    rows = []
    for correlation in (0.9, 0.95, 0.99):
        for subject, level in LEVELS.items():
            for scope, reach in REACH.items():
                for plan, scored_by in [*open_choices.SERIES, ("separate", "joint")]:
                    gain = 0.05 * level * reach * (1 if plan == scored_by else 0.6)
                    row = (correlation, subject, scope, plan, scored_by, gain)
                    rows.append((*row, 0.001, 0.98 * gain, gain, 1.02 * gain, 12))
    columns = ["correlation", "subject", "scope", "plan", "scored_by", "mean", "sd"]
    return pd.DataFrame(rows, columns=[*columns, "q05", "q50", "q95", "worlds"])


def delivered(weights=(0.3, 0.5)) -> pd.DataFrame:
    """Gains of plans by several estimates: claims are twice what is delivered, but by truth."""
    rows = []
    plans = ("separate", "joint", "truth", "standard")
    for subject, scope, plan in product(("ela", "math"), ("district", "school"), plans):
        best = {"separate": 0.024, "joint": 0.025, "truth": 0.04, "standard": 0.02}[plan]
        best *= (1 if subject == "ela" else 1.5) * (1 if scope == "district" else 0.25)
        for scored_by, weight in product(("separate", "joint", "truth"), weights):
            mean = best * (1 if scored_by == "truth" else 2 if scored_by == plan else 0.9)
            rows.append((subject, scope, plan, scored_by, weight, 0.8 * mean, 1.2 * mean, mean))
    names = ["subject", "scope", "plan", "scored_by", "weight"]
    return pd.DataFrame(rows, columns=[*names, "gain_lower", "gain_higher", "gain_mean"])


def accuracy() -> pd.DataFrame:
    """Slopes of true effects on both predictors' estimates."""
    rows = []
    for subject, predictor in product(("ela", "math"), ("separate", "joint")):
        for effect in ("lower", "higher", "difference"):
            slope = 0.16 if (effect, predictor) == ("difference", "separate") else 0.97
            rows.append(
                (subject, predictor, effect, slope, 0.02, 0.7, 0.09, 0.015, 0.03, 0.948, 9000)
            )
    names = ["subject", "predictor", "effect", "slope", "slope_standard_error", "correlation"]
    names += ["mean_absolute", "mean_squared_error", "true_variance", "coverage", "teacher_years"]
    return pd.DataFrame(rows, columns=names)


def drawings(note: str = "Synthetic district.") -> dict:
    """Data and figure of every exhibit by name, from the tables above."""
    made = {"figure_01": (theory.theory_data(), theory.draw_theory)}
    data = scatter.group_data(value_added(), moments())
    made["figure_02"] = (data, lambda d: scatter.draw_groups(d, note))
    made["figure_a1"] = (scatter.cross_data(value_added()), lambda d: scatter.draw_cross(d, note))
    for name, against in (("figure_03", "share_lower"), ("figure_a2", "class_size")):
        made[name] = (
            sorting.sorting_data(sorting_bins(), against),
            lambda d, against=against: sorting.draw_sorting(d, against, note),
        )
    made["figure_04"] = (
        f.scope_data(frontiers(), exact_frontiers()),
        lambda d: f.draw_frontiers(d, "scope", note),
    )
    for name, scope in (("figure_06a", "district"), ("figure_06b", "school")):
        made[name] = (
            f.information_data(frontiers(), scope),
            lambda d: f.draw_frontiers(d, "information", note),
        )
    for name, profile, table in PROFILES:
        made[name] = (
            profiles.profile_data(table(), profile),
            lambda d, profile=profile: profiles.draw_profiles(d, profile, note),
        )
    prices = {"ela": 1524, "math": 650}
    made["figure_09a"] = (
        e.subjects_data(subjects(), prices),
        lambda d: e.draw_subjects(d, note),
    )
    made["figure_09b"] = (f.earnings_data(earnings()), lambda d: f.draw_earnings(d, note))
    made["figure_10"] = (e.mvpf_data(mvpf(), text_numbers(), 5), lambda d: e.draw_mvpf(d, 5, note))
    made["figure_a5"] = (
        ces_planner.ces_data(earnings(), ces()),
        lambda d: ces_planner.draw_ces(d, note),
    )
    made["figure_d6"] = (
        validation.persistence_data(persistence()),
        lambda d: validation.draw_persistence(d, note),
    )
    made["figure_d7"] = (
        validation.outcomes_data(outcomes()),
        lambda d: validation.draw_outcomes(d, note),
    )
    made["figure_delivered"] = (
        claimed.planner_gains(delivered()),
        lambda d: claimed.draw_delivered(d, note),
    )
    made["figure_bias"] = (b.bias_data(bias()), lambda d: b.draw_bias(d, note))
    made["figure_bands"] = (
        bootstrap.bands_data(standard_errors()),
        lambda d: bootstrap.draw_bands(d, note),
    )
    made["figure_constrained"] = (
        constrained.constrained_data(constrained_frontiers()),
        lambda d: constrained.draw_constrained(d, note),
    )
    made["figure_calibration"] = (
        c.calibration_data(calibration()),
        lambda d: c.draw_calibration(d, note),
    )
    made["figure_choices"] = (
        open_choices.choices_data(choices()),
        lambda d: open_choices.draw_choices(d, note),
    )
    made["figure_true_correlation"] = (
        open_choices.true_correlation_data(by_correlation()),
        lambda d: open_choices.draw_true_correlation(d, note),
    )
    return made


PROFILES = [
    ("figure_05", profiles.FIGURE_05, index),
    ("figure_07", profiles.FIGURE_07, index),
    ("figure_08a", profiles.FIGURE_08A, gaps),
    ("figure_08b", profiles.FIGURE_08B, gaps),
    ("figure_a3", profiles.FIGURE_A3, index),
    ("figure_a4a", profiles.FIGURE_A4A, winners),
    ("figure_a4b", profiles.FIGURE_A4B, winners),
]
