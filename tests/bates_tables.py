"""Small tables of plausible numbers, in the shapes that the stages of Bates et al. (2022) write."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from welfare_added.exhibits.bates_2022.labels import specifications
from welfare_added.exhibits.bates_2022.value_added import TABLE_1
from welfare_added.exhibits.output import program

PAPER = Path(__file__).parents[1] / "workflow/papers/bates_2022"
# Exhibits whose tables the claims read.
EXHIBIT_TABLES = ("table_01", "table_02", "table_03a", "table_03b", "table_03c")
EXHIBIT_TABLES += ("table_04a", "table_04b", "table_04c")
MONTHS = ("april", "may", "june", "july", "august")
GROUPS = ("vacancies", "applications", "hires", "with_value_added", "above_median", "top_decile")
BINS = np.arange(1, 13)
LEVELS = ("achievement", "achievement_0", "achievement_1")
SHARE = "share_negative"


def binned(x, y, **columns) -> pd.DataFrame:
    """Bins of x and y in their range, with further columns."""
    return pd.DataFrame({"bin": BINS, **columns, "x": x, "y": y})


def value_added() -> dict[str, pd.DataFrame]:
    draw = np.random.default_rng(1)
    names = list(TABLE_1)
    of_column = {1: names[:1], 2: names[1:2], 3: names[2:3], 4: ["va", *names[2:4]]}
    of_column |= {5: names[4:7], 6: names[7:10]}
    tests = [
        (column, row, 1 - 0.03 * column, 0.01 * column)
        for column, rows in of_column.items()
        for row in (*rows, "constant")
    ]
    tests += [
        (c, row, v, np.nan)
        for c in range(1, 7)
        for row, v in {"mean_dependent": 0.0076, "clusters": 21514, "n": 74552}.items()
    ]
    forecast = np.linspace(-0.4, 0.4, len(BINS))
    figures = {"figure_01": 1.03, "figure_02b": 0.1, "figure_a02": 0.9}
    figures |= {"figure_a04a": 0.99, "figure_a04b": 1.02}
    bins = [
        pd.DataFrame(
            {
                "figure": figure,
                "bin": BINS,
                "x": forecast,
                "y": slope * forecast + 0.01 * draw.standard_normal(len(BINS)),
                "teacher_years": 6000,
                "teachers": 2500,
                "slope": slope,
                "intercept": 0.001,
            }
        )
        for figure, slope in figures.items()
    ]
    lags = np.arange(1, 9)
    drift = [
        pd.DataFrame(
            {
                "pair": pair,
                "lag": lags,
                "covariance": 0.05 * level * 0.9**lags,
                "correlation": level * 0.9**lags,
                "pairs": 9000 // lags,
            }
        )
        for pair, level in {"type_0": 0.95, "type_1": 1.0, "between_types": 0.8}.items()
    ]
    structure = pd.DataFrame(
        {
            "parameter": ["sd_0", "sd_1", "correlation", "likelihood_ratio"],
            "estimate": [0.238, 0.243, 0.855, 812.4],
            "low": [0.234, 0.239, 0.845, np.nan],
            "high": [0.242, 0.247, 0.866, np.nan],
        }
    )
    years = np.arange(-3, 4)
    names = ["forecast_sd", "likelihood_ratio", "likelihood_ratio_p", "first_year_return"]
    names += ["mover_gain", "mover_gain_se", "advantage_slope"]
    return {
        "value_added/forecast_tests.csv": pd.DataFrame(
            tests, columns=["column", "row", "estimate", "standard_error"]
        ),
        "value_added/forecast_bins.csv": pd.concat(bins, ignore_index=True),
        "value_added/drift.csv": pd.concat(drift, ignore_index=True),
        "value_added/structure.csv": structure,
        "value_added/nonwhite/structure.csv": structure,
        "value_added/above_median/structure.csv": structure,
        "value_added/experience.csv": pd.DataFrame(
            {
                "experience": ["0", "1", "2", "3", "4", "5-9", "10+"],
                "estimate": [0, 0.05, 0.07, 0.08, 0.085, 0.09, 0.09],
                "standard_error": [np.nan, 0.003, 0.003, 0.004, 0.004, 0.004, 0.005],
            }
        ),
        "value_added/event_study.csv": pd.DataFrame(
            {
                "event_year": years,
                "estimate": 0.004 * np.sin(years),
                "standard_error": np.where(years == -1, np.nan, 0.003),
                "teacher_years": 3000,
            }
        ),
        "value_added/distribution.csv": pd.DataFrame(
            {
                "low": forecast,
                "high": forecast + forecast[1] - forecast[0],
                "teachers": np.round(200 * np.exp(-20 * forecast**2)) + 10,
            }
        ),
        "value_added/same_trait.csv": pd.DataFrame(
            {
                "trait": ["race", "race", "gender"],
                "row": ["same", "black_teacher", "same"],
                "estimate": [0.004, -0.002, 0.001],
                "standard_error": 0.002,
                "n": 900_000,
            }
        ),
        "value_added/text_numbers.csv": pd.DataFrame({"name": names, "value": 0.1}),
    }


def platform() -> dict[str, pd.DataFrame]:
    shares = np.array([0.1, 0.2, 0.3, 0.25, 0.15])
    timing = [
        pd.DataFrame(
            {
                "group": group,
                "month": MONTHS,
                "count": (1000 * shares * (k + 1)).round().astype(int),
                "share": shares,
                "share_title1": 0.5 + 0.01 * k,
            }
        )
        for k, group in enumerate(GROUPS)
    ]
    ten = ("hired", "hired_elsewhere", "hired_out", "declined", "interview", "positive", "middle")
    ten += ("negative", "withdrew", "none")
    nine = [name for name in ten if not name.startswith("hired_")] + ["any_non_hire_action"]
    outcomes = [
        pd.DataFrame(
            {
                "level": level,
                "outcome": names,
                "count": np.arange(1, len(names) + 1) * size,
                "share": np.arange(1, len(names) + 1) * share,
                "share_of_applications": np.nan,
            }
        )
        for level, names, size, share in (
            ("application", ten, 300, 0.0007),
            ("position", tuple(nine), 150, 0.1),
        )
    ]
    days = np.arange(0, 15)
    waits = [
        pd.DataFrame({"panel": panel, "days": days, "applications": 1000, "share": part})
        for panel, part in (
            ("stock", np.r_[0.62, 0.38 * np.full(14, 1 / 14)]),
            ("flow", np.r_[0.55, 0.45 * np.full(14, 1 / 14)]),
        )
    ]
    edges = np.arange(0, 200, 10)
    sizes = [
        pd.DataFrame(
            {
                "set": name,
                "low": edges,
                "high": edges + 9,
                "applicants": (5000 * np.exp(-edges / scale)).round() + 10,
            }
        )
        for name, scale in (("choice", 80), ("application", 15))
    ]
    weeks = np.arange(0, 22)
    by_week = [
        pd.DataFrame(
            {
                "group": group,
                "week": weeks,
                "count": 50,
                "share": np.exp(-(((weeks - centre) / 5) ** 2)) / 9,
            }
        )
        for group, centre in {"vacancies": 9, "applications": 11, "hires": 10}.items()
    ]
    minutes = np.linspace(3, 60, len(BINS))
    names = ["applications", "first_year", "last_year", "wait_median_stock", "wait_median_flow"]
    names += ["stock_age_mean", "stop_april", "stop_may", "stop_june", "class_size_slope"]
    names += ["share_schools_all_disadvantaged"]
    return {
        "platform/timing.csv": pd.concat(timing, ignore_index=True),
        "platform/posting_months.csv": pd.DataFrame(
            {
                "posts_april": [0, 0, 1, 1],
                "posts_july": [0, 1, 0, 1],
                "schools": [9, 14, 11, 87],
            }
        ),
        "platform/outcomes.csv": pd.concat(outcomes, ignore_index=True),
        "platform/outcome_days.csv": pd.DataFrame(
            {
                "group": ["all", "no_notes", "with_notes"],
                "observations": [343_161, 333_780, 9381],
                "mean": [0.0, 0.1, -2.0],
                "p10": [-15.6, -15.2, -32.1],
                "p25": [-5.8, -5.6, -15.0],
                "p50": [-0.8, -0.7, -4.1],
                "p75": [4.6, 4.5, 7.9],
                "p90": [16.4, 16.1, 31.7],
                "sd": [14.7, 14.4, 24.3],
            }
        ),
        "platform/wait_days.csv": pd.concat(waits, ignore_index=True),
        "platform/set_sizes.csv": pd.concat(sizes, ignore_index=True),
        "platform/class_size_bins.csv": binned(
            np.linspace(0.1, 1, len(BINS)), np.linspace(25, 18, len(BINS)), schools=12
        ).rename(columns={"x": "share_disadvantaged", "y": "class_size"}),
        "platform/distance.csv": binned(minutes, 0.14 * np.exp(-minutes / 25), pairs=90_000).rename(
            columns={"x": "minutes", "y": "rate"}
        ),
        "platform/timing_weeks.csv": pd.concat(by_week, ignore_index=True),
        "platform/stock_flow.csv": pd.DataFrame(
            {
                "panel": ["stock", "flow", "stop"],
                "statistic": ["mean_age", "median_wait", "april"],
                "value": [23, 0, 0.09],
            }
        ),
        "platform/samples.csv": pd.DataFrame(
            {
                "sample": ["state", "market", "applicants", "with_value_added"] * 2,
                "variable": ["experience"] * 4 + ["black"] * 4,
                "mean": np.linspace(0.1, 8, 8),
                "sd": [1.0] * 7 + [np.nan],
                "observations": 178,
            }
        ),
        "calibration.csv": pd.DataFrame(
            {
                "quantity": [f"timing.vacancies.{k}" for k in range(5)]
                + [f"outcomes.{k}" for k in ("hired", "declined")]
                + ["counts.positions"],
                "target": 100.0,
                "achieved": [99, 101, 100.5, 98, 104, 130, 150, 100],
                "ratio": [0.99, 1.01, 1.005, 0.98, 1.04, 1.3, 1.5, 1.0],
                "source": "table 3",
            }
        ),
        "platform/text_numbers.csv": pd.DataFrame({"name": names, "value": 0.0}),
    }


def printed_parameters() -> dict[str, list[str]]:
    """Parameters of tables 5 and 6 by their names in the results, in the printed order."""
    claims = yaml.safe_load((PAPER / "claims.yaml").read_text(encoding="utf-8"))
    rows = {entry["id"]: entry["answer"].get("rows", {}) for entry in claims["tables"]}
    sides = {"teachers": "table_05", "principals": "table_06"}
    return {side: list(rows[table].values()) for side, table in sides.items()}


def preferences() -> dict[str, pd.DataFrame]:
    draw = np.random.default_rng(2)
    sides = {}
    for side, names in printed_parameters().items():
        truth = draw.standard_normal(len(names))
        error = 0.05 + 0.2 * draw.random(len(names))
        estimate = truth + error * draw.standard_normal(len(names))
        sides[side] = pd.DataFrame(
            {
                "side": side,
                "parameter": names,
                "truth": truth,
                "estimate": estimate,
                "standard_error": error,
            }
        )
    teachers = sides["teachers"].drop(columns="side")

    def compared(column: str, spreads: dict[str, float]) -> pd.DataFrame:
        parts = []
        for name, spread in spreads.items():
            off = spread * teachers["standard_error"] * draw.standard_normal(len(teachers))
            parts.append(teachers.assign(**{column: name, "estimate": teachers["truth"] + off}))
        return pd.concat(parts, ignore_index=True)

    columns = ["parameter", "estimate", "standard_error"]
    return {
        "preferences/teachers.csv": sides["teachers"][columns],
        "preferences/principals.csv": sides["principals"][columns],
        "preferences/recovery.csv": pd.concat(sides.values(), ignore_index=True),
        "preferences/integrators.csv": compared(
            "integrator", {"prior": 8.0, "sobol": 5.0, "adaptive": 1.0}
        ),
        "preferences/choice_sets.csv": compared(
            "choice_set", {"observed": 9.0, "posted": 2.0, "true": 1.0}
        ),
        "preferences/integrator_worlds.csv": pd.DataFrame(
            {
                "side": ["teachers"] * 3 + ["principals"] * 2,
                "integrator": ["prior", "sobol", "adaptive", "adaptive", "simulated"],
                "draws": [100, 128, 128, 15, 100],
                "worlds": 50,
                "parameters": [32] * 3 + [31] * 2,
                "coverage": [0.5, 0.52, 0.94, 0.95, 0.9],
                "likelihood_ratio": [260.0, 270.0, 30.2, 31.0, np.nan],
                "degrees": [32] * 3 + [31] * 2,
                "max_abs_z": [27.0, 22.0, 2.9, 2.8, 3.5],
                "failed": 0,
                "coverage_low": [0.44, 0.45, 0.81, 0.87, 0.8],
                "coverage_high": [0.56, 0.57, 1.0, 1.0, 1.0],
            }
        ),
        "preferences/choice_set_sizes.csv": pd.DataFrame(
            {
                "choice_set": ["observed", "posted", "true"],
                "applicants": [35_000, 35_000, 50_000],
                "pairs": [2.5e6, 4.0e6, 4.5e6],
                "application_rate": [0.135, 0.09, 0.0757],
                "single": [0.22, 0.22, 0.2],
            }
        ),
    }


POLICIES = {
    "status_quo": (0.0, 0.0),
    "school_proposing": (0.0001, -0.5),
    "all_options": (0.0044, 5.0),
    "all_options_school_proposing": (0.0045, 3.0),
    "principals": (-0.0002, 10.0),
    "principals_windows": (-0.0008, 4.0),
    "teachers": (0.0216, -15.0),
    "both": (0.0228, -18.0),
    "best": (0.0309, -20.0),
    "teacher_best": (0.001, 15.0),
    "random": (-0.005, -20.0),
    "worst": (-0.03, -21.0),
}


def reallocation() -> dict[str, pd.DataFrame]:
    names = ["best", "random", "worst", "best_within_school", "replace_bottom", "max_0", "max_1"]
    gains = pd.DataFrame(
        {
            "allocation": [*names, "best_constant_size"],
            "gain": [0.054, -0.003, -0.057, 0.013, 0.012, 0.025, 0.016, 0.021],
            "fraction": [1.0, -0.05, -1.06, 0.24, 0.22, 0.45, 0.3, 0.38],
            "gain_0": [0.095, 0.019, -0.053, 0.015, 0.015, 0.137, -0.049, 0.018],
            "gain_1": [0.018, -0.023, -0.062, 0.01, 0.009, -0.077, 0.075, 0.023],
        }
    )
    share = np.linspace(0, 0.5, 11)
    x = np.linspace(-0.3, 0.3, len(BINS))
    sorting = [
        binned(x, level + slope * x, allocation=allocation, panel=panel, teachers=100)
        for allocation, tilt in (("actual", 0.1), ("best", 1.0))
        for panel, level, slope in (
            ("class_size", 21, 10 * tilt),
            ("share_disadvantaged", 0.55, 2 * tilt * 0.3),
        )
    ]
    edges = np.linspace(-1, 1, 21)
    support = [
        pd.DataFrame(
            {
                "panel": panel,
                "source": source,
                "low": scale * edges[:-1],
                "high": scale * edges[1:],
                "share": np.exp(-((edges[:-1] / spread) ** 2)) / 8,
                "count": 12 + np.round(900 * np.exp(-((edges[:-1] / spread) ** 2)) / 8),
                "outside": 0.001,
            }
        )
        for panel, scale in (("class_size", 15), ("share_disadvantaged", 1))
        for source, spread in (("data", 0.3), ("best", 0.45))
    ]
    levels = {"all_options": 0.004, "principals": 0.0, "teachers": 0.021, "both": 0.023}
    sds = np.linspace(0, 0.1, 6)
    samples = {"full": {"best": 0.054}, "market": {**levels, "best": 0.031}}
    effects = [
        pd.DataFrame({"sample": name, "policy": policy, "sd": sds, "gain": level + 0.3 * sds})
        for name, policies in samples.items()
        for policy, level in policies.items()
    ]
    return {
        "reallocation.csv": gains,
        "reallocation_percentiles.csv": gains,
        "reallocation_constant_size.csv": gains.iloc[:3],
        "reallocation_replacement.csv": pd.DataFrame({"share": share, "gain": 0.05 * share**0.5}),
        "reallocation_moved.csv": pd.DataFrame(
            {
                "share": 2 * share,
                "gain": 0.05 * (1 - (1 - 2 * share) ** 3),
                "bound": 0.054 * (1 - (1 - 2 * share) ** 3),
            }
        ),
        "reallocation_sources.csv": pd.DataFrame(
            {
                "source": ["class_size", "comparative_advantage"],
                "gain": [0.03, 0.024],
                "fraction": [0.556, 0.444],
            }
        ),
        "reallocation_sorting.csv": pd.concat(sorting, ignore_index=True),
        "reallocation_support.csv": pd.concat(support, ignore_index=True),
        "match_effects.csv": pd.concat(effects, ignore_index=True),
    }


def market() -> dict[str, pd.DataFrame]:
    policies = pd.DataFrame(
        [
            (name, 0.02 + gain, 0.015 + gain, 0.026 + 0.9 * gain, gain, 0.0002, minutes)
            for name, (gain, minutes) in POLICIES.items()
        ],
        columns=["policy", *LEVELS, "gain", "gain_se", "utility_minutes"],
    ).assign(gain_0=0.0, gain_1=0.0, utility_se=0.2, runs=200)
    angle = np.linspace(0, np.pi / 2, 21)
    frontier = pd.DataFrame(
        {
            "weight": np.arange(21),
            "achievement": 0.021 + 0.0299 * np.sin(angle),
            "achievement_0": 0.022 + 0.029 * np.sin(angle),
            "achievement_1": 0.020 + 0.031 * np.sin(angle) ** 1.2,
            "utility_minutes": -20 + 35 * np.cos(angle) ** 0.7,
            "gain": 0.0,
        }
    )
    across = np.linspace(0.1, 1, len(BINS))
    ranks = [
        binned(across * scale, level + slope * across, panel=panel, pairs=4000)
        for panel, scale, level, slope in (
            ("commute", 40, 88, -70),
            ("disadvantaged", 1, 60, -20),
            ("comparative_advantage", 0.1, 49, 2),
            ("first_best_teacher", 95, 48, 1),
            ("principal_value_added", 10, 25, 35),
            ("first_best_principal", 95, 45, 14),
        )
    ]
    sources = ("data", "model", "serial_advantage", "serial_experience", "serial_schools")
    panels = {
        "absolute_advantage": (0.0, 0.04),
        "comparative_advantage": (0.0, 0.02),
        "experienced": (0.8, -0.2),
        "black": (0.1, 0.4),
    }
    fit = [
        binned(
            across,
            level + slope * across * (1 - 0.3 * k) + 0.002 * k,
            panel=panel,
            source=source,
            teachers=40,
        ).rename(columns={"x": "share_disadvantaged", "y": "value"})
        for panel, (level, slope) in panels.items()
        for k, source in enumerate(sources)
    ]
    slopes = [
        (panel, source, slope, level)
        for panel, (level, slope) in panels.items()
        for source in sources
    ]
    order = np.linspace(4, 96, len(BINS))
    own = [
        binned(order, level + slope * order, policy=policy, teachers=15).rename(
            columns={"x": "order", "y": "percentile"}
        )
        for policy, level, slope in (("status_quo", 60, 0.12), ("principals", 45, 0.45))
    ]
    spending = np.linspace(0, 100, 11)
    schemes = {"output": 0.02, "disadvantaged": 0.001, "advantage_x_disadvantaged": 0.012}
    bonuses = [
        pd.DataFrame(
            {
                "principals": principals,
                "scheme": scheme,
                "rate": spending / 5,
                "spending": spending,
                "gain": base + top * spending / 100,
                "lump_sum": -spending / 3,
            }
        )
        for principals, base in (("estimated", 0.0), ("value_added", -0.001))
        for scheme, top in schemes.items()
    ]
    bonuses += [
        pd.DataFrame(
            {
                "principals": "estimated",
                "scheme": scheme,
                "rate": np.arange(6),
                "spending": np.linspace(0, most, 6),
                "gain": np.linspace(0.005, 0.0309, 6),
            }
        )
        for scheme, most in {
            "teacher_specific": 22,
            "teacher_specific_net": 18,
            "core_prices": 130,
        }.items()
    ]
    settings = ["status_quo", "all_options", "principals_windows", "principals", "teachers", "both"]
    uncertain = [
        (policy, source, gain, gain - spread, gain + spread, spread / 2, 200, share)
        for policy, (gain, _) in POLICIES.items()
        for source, spread, share in (
            ("errors", 0.002, 0.1),
            ("parameters", 0.003, 0.3),
            ("both", 0.004, 0.3),
        )
        if policy in ("all_options", "principals", "teachers", "both", "best")
    ]
    names = ["teachers", "positions", "runs", "first_best_percentile_teachers"]
    names += ["first_best_percentile_principals", "first_best_percentile_strong"]
    names += ["rank_at_5_minutes", "rank_at_25_minutes", "rank_disadvantaged_range"]
    names += ["rank_advantage_range", "rank_principal_low", "rank_principal_high"]
    names += ["frontier_achievement_gap", "frontier_utility_gap", "frontier_cost_of_three_quarters"]
    names += ["gap_status_quo", "gap_best", "gap_principals", "bonus_gain_at_100"]
    names += ["flexible_cost_of_best", "bonus_spending_as_all_options"]
    names += ["own_rank_slope_status_quo", "own_rank_slope_principals"]
    return {
        "market/policies.csv": policies,
        "market/frontier.csv": frontier,
        "market/ranks.csv": pd.concat(ranks, ignore_index=True).rename(columns={"y": "percentile"}),
        "market/fit.csv": pd.concat(fit, ignore_index=True),
        "market/fit_slopes.csv": pd.DataFrame(
            slopes, columns=["panel", "source", "slope", "intercept"]
        ),
        "market/own_rank.csv": pd.concat(own, ignore_index=True),
        "market/top_choice.csv": binned(
            across, np.linspace(40, 5, len(BINS)), positions=24.0
        ).rename(columns={"x": "share_disadvantaged", "y": "teachers"}),
        "market/sample.csv": pd.concat(
            [
                binned(across, 25 - 6 * across, panel="class_size"),
                binned(across - 0.5, 0.1 * across, panel="advantage"),
            ],
            ignore_index=True,
        ),
        "market/sorting.csv": pd.concat(
            [
                binned(
                    across - 0.5, level + tilt * across, allocation=name, panel=panel, teachers=15
                )
                for name, tilt in (("status_quo", 0.1), ("best", 0.3))
                for panel, level in (("class_size", 21), ("share_disadvantaged", 0.5))
            ],
            ignore_index=True,
        ),
        "market/bonuses.csv": pd.concat(bonuses, ignore_index=True),
        "market/stable_sets.csv": pd.DataFrame(
            {
                "setting": settings,
                "same_partner": [0.87, 0.28, 0.99, 0.997, 0.83, 1.0],
                "matchings": [12.0, np.nan, 1.2, 1.1, 40.0, 1.0],
                "unique": [0.02, 0.0, 0.9, 0.95, 0.3, 1.0],
                "lowest": [-0.0003, 0.0040, -0.0011, -0.0003, 0.0214, 0.0228],
                "teacher_optimal": [0.0, 0.0044, -0.0010, -0.0002, 0.0216, 0.0228],
                "median": [0.0001, 0.0045, -0.0010, -0.0002, 0.0217, 0.0228],
                "school_optimal": [0.0002, 0.0047, -0.0010, -0.0002, 0.0218, 0.0228],
                "highest": [0.0004, 0.0050, -0.0009, -0.0001, 0.0220, 0.0228],
                "runs": 200,
            }
        ),
        "market/uncertainty.csv": pd.DataFrame(
            uncertain,
            columns=["policy", "source", "gain", "low", "high", "standard_error", "draws", SHARE],
        ),
        "robustness.csv": robustness(),
        "market/text_numbers.csv": pd.DataFrame({"name": names, "value": 0.0}),
    }


def robustness() -> pd.DataFrame:
    draw = np.random.default_rng(3)
    rows = specifications([f"year_{year}" for year in (2012, 2013, 2014, 2015, 2017)])
    table = pd.DataFrame({"row": rows})
    for name, level in {
        "all_options": 0.004,
        "principals": 0.0,
        "teachers": 0.021,
        "both": 0.023,
        "best": 0.031,
    }.items():
        table[name] = level + 0.002 * draw.standard_normal(len(rows))
    table["principals_se"] = 0.0003
    table["note"] = ""
    full = table["row"] == "full_sample"
    table.loc[full, ["all_options", "principals", "teachers"]] = np.nan
    one = table["row"] == "split_race"
    table.loc[one, ["all_options", "principals", "teachers", "both", "best"]] = np.nan
    table.loc[one, "note"] = "on request"
    return table


@cache
def _tables() -> dict[str, pd.DataFrame]:
    return value_added() | platform() | preferences() | reallocation() | market()


def tables() -> dict[str, pd.DataFrame]:
    """Every table that an exhibit is made from, by path below results/<study>."""
    return {path: table.copy() for path, table in _tables().items()}


@cache
def declared() -> dict[str, dict]:
    """Entries of the paper's exhibits.yaml by name."""
    return yaml.safe_load((PAPER / "exhibits.yaml").read_text(encoding="utf-8"))["exhibits"]


def drawn(name: str, note: str = "Synthetic platform.", instead: dict | None = None):
    """Data and drawing of an exhibit, from the tables above or, by path, others instead."""
    entry, made = declared()[name], tables() | (instead or {})
    arguments = {one: made[path].copy() for one, path in entry["made_from"].items()}
    return program("bates_2022", f"{entry['program']}.{name}")(**arguments, note=note)
