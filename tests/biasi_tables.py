"""Small tables of plausible numbers, in the shapes that the stages of Biasi (2017) write."""

from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from welfare_added.exhibits.biasi_2017.labels import DISTRICT_VARIABLES
from welfare_added.exhibits.biasi_2017.regressions import BY_REGIME, PAY, PREMIA, of_event
from welfare_added.exhibits.output import program

PAPER = Path(__file__).parents[1] / "workflow/papers/biasi_2017"
YEARS = range(2006, 2015)
PERIODS = (2006, 2008, 2010, 2012, 2014)
YEARS_OF = dict(zip(PERIODS, ("2007", "2008-09", "2010-11", "2012-13", "2014"), strict=True))
OF_SAMPLES = {"matched": 0.1, "full": 0.15}  # how far series of SS districts lie apart
DELTAS = (0.0, 1000.0, 2000.0, 3000.0, 4000.0)
SLACK = "not identified: no district's budget or capacity binds"


def fitted(terms, n: int, draw: np.random.Generator, scale: float = 0.05) -> pd.DataFrame:
    """Rows of a regression with the columns of `sorting.regression.Fit.tidy`."""
    terms = list(terms)
    error = scale * (0.5 + draw.random(len(terms)))
    estimate = error * draw.normal(0, 2, len(terms))
    table = pd.DataFrame({"term": terms, "estimate": estimate, "standard_error": error})
    table = table.assign(p=0.04, low=estimate - 2 * error, high=estimate + 2 * error, n=n)
    return table.assign(clusters=165, mean=0.01, singletons=0, missing=12)


def by_column(columns: dict, draw: np.random.Generator, scale: float = 0.05) -> pd.DataFrame:
    """Regressions one below the other: terms, rows and further words by column."""
    tables = [
        fitted(terms, n, draw, scale).assign(column=number, **words)
        for number, (terms, n, words) in columns.items()
    ]
    return pd.concat(tables, ignore_index=True)


def of_samples(terms, first: str, second: str, draw: np.random.Generator) -> pd.DataFrame:
    """Tables 5, 8 and 11: two samples, without and with controls."""
    kinds = product((first, second), (False, True))
    return by_column(
        {
            number: (terms, 400 + number, {"sample": sample, "controls": controls})
            for number, (sample, controls) in enumerate(kinds, start=1)
        },
        draw,
    )


def of_events(event: str, draw: np.random.Generator) -> pd.DataFrame:
    """Tables 6, 7, 9 and 10."""
    every = list(of_event(event, ""))
    own = every[:2]
    sizes = (43641, 26692, 56825, 70333, 100466)
    terms = (own, own, own, every, every)
    return by_column(
        {number: (t, n, {}) for number, (t, n) in enumerate(zip(terms, sizes, strict=True), 1)},
        draw,
    )


def of_outcomes(draw: np.random.Generator) -> pd.DataFrame:
    """Tables A4 and A5."""
    both = list(BY_REGIME)
    kinds = product(("movers", "exiters", "workforce"), (False, True))
    return by_column(
        {
            number: (
                both[1:] if outcome == "workforce" else both,
                1000 * number,
                {"outcome": outcome, "controls": controls},
            )
            for number, (outcome, controls) in enumerate(kinds, start=1)
        },
        draw,
    )


def of_scores(kinds: tuple[str, ...], draw: np.random.Generator) -> pd.DataFrame:
    """Tables 12 and A6."""
    quartiles = [f"share_quartile_{q}" for q in (2, 3, 4)]
    extra = {"none": [], "mean": ["mean_value_added"], "quartiles": quartiles}
    tables = [
        fitted(["individual_x_post", *extra[kind]], 20557, draw).assign(
            subject=subject, controls=kind
        )
        for kind in kinds
        for subject in ("math", "reading", "ela", "all")
    ]
    return pd.concat(tables, ignore_index=True)


def shares(levels: dict[str, float], years=YEARS, name: str = "regime") -> pd.DataFrame:
    """Shares by year of some groups."""
    rows = [
        (group, year, round(50_000 * share), 50_000, share)
        for group, level in levels.items()
        for year in years
        for share in [level * (1 + 0.1 * np.sin(year)) * (1.5 if year >= 2012 else 1.0)]
    ]
    return pd.DataFrame(rows, columns=[name, "year", "events", "teachers", "share"])


def state() -> dict[str, pd.DataFrame]:
    variables = {"female": 0.731, "experience": 14.88, "BA": 0.485, "MA": 0.509, "PhD": 0.002}
    variables |= {"salary": 50_620.0, "moved": 0.022, "exits": 0.038}
    teachers = [
        (period, name, value, value / 3, 500_000, 78_307)
        for period in ("before", "after", "all")
        for name, value in variables.items()
    ]
    names = ["period", "variable", "mean", "standard_deviation", "n", "teachers"]
    schedules = [
        (district, post, f"{low}-{low + 1}", middle - 2500, middle, middle + 3000, 40)
        for district, base in {"racine": 45_000, "green_bay": 40_000}.items()
        for post in (0, 1)
        for low in range(1, 35, 2)
        for middle in [base + 900 * low - 9 * low**2 + 3000 * post]
    ]
    gaps = [
        (f"{low}-{low + 1}", at, 0.96 * at, 0.985 * at, 1.004 * at, 30)
        for low in range(1, 21, 2)
        for at in [33_000 + 1_100 * low]
    ]
    places = {"on": (256, 0.404, 0.0), "below": (361, 0.570, -0.023), "above": (16, 0.025, 0.046)}
    flows = {"entering": 0.05, "moving": 0.022, "leaving": 0.038}
    coverage = [
        (regime, year, round(size * share), size - round(size * share), share)
        for regime, size in {"IS": 9_000, "SS": 11_500}.items()
        for year in YEARS
        for share in [0.60 - 0.018 * (year - 2006)]
    ]
    lanes = {"ba": 40_593, "ba_12": 42_784, "ba_24": 44_976, "ma": 47_169}
    steps = {name: [at + 933 * step for step in range(5)] for name, at in lanes.items()}
    quartiles = ["lower", "median", "upper", "n"]
    return {
        "state/teachers.csv": pd.DataFrame(teachers, columns=names),
        "state/schedules.csv": pd.DataFrame(
            schedules, columns=["district", "post", "seniority", *quartiles]
        ),
        "state/printed_schedule.csv": pd.DataFrame({"step": range(1, 6), **steps}),
        "state/schedule_gaps.csv": pd.DataFrame(
            gaps, columns=["seniority", "schedule", *quartiles]
        ),
        "state/against_schedule.csv": pd.DataFrame(
            [(name, *one) for name, one in places.items()],
            columns=["place", "teachers", "share", "mean_gap"],
        ),
        "state/flows.csv": shares(flows, range(2007, 2014), "flow"),
        "state/other_flows.csv": shares(flows, range(2007, 2014), "flow"),
        "state/new_teachers.csv": shares({"IS": 0.05, "SS": 0.045}, range(2007, 2015)),
        "state/coverage.csv": pd.DataFrame(
            coverage, columns=["regime", "year", "with_value_added", "without", "share"]
        ),
    }


def salaries() -> dict[str, pd.DataFrame]:
    draw = np.random.default_rng(5)
    ranges = [
        (sample, low, high, term, 0.002 + 0.001 * place, 0.0008, n, 223, 200)
        for sample, n in {
            "all": 321_041,
            "MA": 188_930,
            "MA_below_10": 44_182,
            "10_and_more": 9,
        }.items()
        for low, high in ((0.25, 0.75), (0.25, 0.5), (0.5, 0.75))
        for place, term in enumerate(("constant", "treated", "post", "treated_x_post"))
    ]
    names = ["sample", "low", "high", "term", "estimate", "standard_error", "n", "clusters"]
    own = list(PAY)[:2]
    pay = {number: (own, 40_000 * number, {}) for number in (1, 2, 3)} | {4: (list(PAY), 9000, {})}
    grid = np.linspace(-3, 3, 13)
    slopes = {("before", "IS"): 5.0, ("before", "SS"): 8.0, ("after", "IS"): 138.0}
    slopes[("after", "SS")] = 20.0
    fits = [
        pd.DataFrame(
            {
                "period": period,
                "regime": regime,
                "value_added": grid,
                "salary": slope * grid,
                "low": slope * grid - 60 * np.abs(grid) - 10,
                "high": slope * grid + 60 * np.abs(grid) + 10,
                "slope": slope,
                "slope_error": 30.0,
                "n": 40_000,
            }
        )
        for (period, regime), slope in slopes.items()
    ]
    taught = [name for name in PREMIA if "individual" not in name]
    delta = np.linspace(-30_000, 30_000, 61)
    widths = {("before", "IS"): 4000, ("before", "SS"): 4500, ("after", "IS"): 9000}
    widths[("after", "SS")] = 7000
    densities = [
        pd.DataFrame(
            {
                "period": period,
                "regime": regime,
                "delta": delta,
                "density": np.exp(-0.5 * ((delta - 300) / width) ** 2) / width / 2.5066,
            }
        )
        for (period, regime), width in widths.items()
    ]
    regimes = ["IS"] * 20 + ["SS"] * 25
    districts = [
        pd.DataFrame(
            {
                "district_id": [f"d{number:03}" for number in range(45)],
                "period": period,
                "regime": regimes,
                "delta": draw.normal(400, 5000, 45),
                "standard_error": 3000.0,
                "freedom": 14.0,
                "delta_shrunk": 400.0,
                "n": draw.integers(50, 3000, 45),
                "teachers": 100,
                "disadvantaged_percent": draw.normal(35, 12, 45),
                "value_added": draw.normal(0, 0.2, 45),
                "math": draw.normal(474, 12, 45),
            }
        )
        for period in ("before", "after")
    ]
    covariates = ("disadvantaged_percent", "value_added", "math")
    terms = ("delta", "characteristic", "standardised")
    fitted_slopes = [fitted(terms, 223, draw, 1e-5).assign(covariate=one) for one in covariates]
    return {
        "salaries/interquantile.csv": pd.DataFrame(ranges, columns=[*names, "replications"]),
        "salaries/pay_for_quality.csv": by_column(pay, draw, 40.0),
        "salaries/pay_by_measure.csv": pd.DataFrame(
            [
                (measure, column, share * slope, 35.0, 40_000 * column, share, slope)
                for measure, share in {"truth": 1.0, "va_printed": 0.35, "va_joint": 0.4}.items()
                for column, slope in {2: 138.4, 3: 20.5, 4: 117.9}.items()
            ],
            columns=["measure", "column", "estimate", "standard_error", "n", "share", "planted"],
        ),
        "salaries/fit_lines.csv": pd.concat(fits, ignore_index=True),
        "salaries/premia.csv": by_column(
            {1: (taught, 9, {}), 2: (taught, 9, {}), 3: (list(PREMIA), 9, {})}, draw, 0.004
        ),
        "salaries/delta_density.csv": pd.concat(densities, ignore_index=True),
        "salaries/delta_districts.csv": pd.concat(districts, ignore_index=True),
        "salaries/delta_slopes.csv": pd.concat(fitted_slopes, ignore_index=True),
    }


def districts() -> dict[str, pd.DataFrame]:
    draw = np.random.default_rng(6)
    rows = [
        {
            "variable": name,
            "first_mean": size,
            "first_sd": 0.3 * size,
            "second_mean": 0.9 * size,
            "second_sd": 0.3 * size,
            "difference": 0.1 * size,
            "standard_error_rows": 0.02 * size,
            "standard_error": 0.04 * size,
            "p": 0.01,
            "rows_first": 505,
            "rows_second": 610,
            "districts_first": 101,
            "districts_second": 122,
        }
        for name in DISTRICT_VARIABLES
        for size in [60_000.0 if name.startswith("salary") else 30.0 * draw.random()]
    ]
    table = pd.DataFrame(rows)
    both = [table.assign(comparison=name) for name in ("full", "matched")]
    terms = [
        name for name in DISTRICT_VARIABLES if name not in ("black_percent", "math", "reading")
    ]
    terms = [name for name in terms if name not in ("phd", "value_added")]
    probit = fitted([*terms, "constant"], 222, draw)[
        ["term", "estimate", "standard_error", "p", "n"]
    ]
    probit.loc[0, ["estimate", "standard_error"]] = [-1.99e-05, 2.95e-05]
    grid = np.linspace(0, 1, 41)
    densities = [
        pd.DataFrame(
            {
                "sample": sample,
                "variable": name,
                "group": group,
                "value": scale * grid,
                "density": np.exp(-(((grid - middle) / 0.15) ** 2)) / scale,
            }
        )
        for name, scale in {
            "enrolment": 30_000,
            "disadvantaged_percent": 90,
            "salary": 70_000,
            "experience": 20,
            "ma": 1,
            "property_value_per_pupil": 3e6,
        }.items()
        for sample, group, middle in (
            *(("full", "IS", 0.4), ("full", "SS", 0.5)),
            *(("matched", "IS", 0.4), ("matched", "SS", 0.43)),
        )
    ]
    return {
        "sorting/characteristics.csv": pd.concat(both, ignore_index=True),
        "sorting/handbooks.csv": table,
        "sorting/probit.csv": probit,
        "sorting/densities.csv": pd.concat(densities, ignore_index=True),
    }


def periods(levels: dict[str, tuple[float, float]]) -> pd.DataFrame:
    """Value added of two series by sample and period, before and after, and their difference."""
    rows = []
    for sample, period in product(OF_SAMPLES, PERIODS):
        first, second = (at[period >= 2012] + 0.03 * np.sin(period) for at in levels.values())
        pair = first, second + OF_SAMPLES[sample]
        rows += [
            (sample, name, period, at, np.nan, np.nan, 90)
            for name, at in zip(levels, pair, strict=True)
        ]
        gap = pair[0] - pair[1]
        rows.append((sample, "difference", period, gap, gap - 0.2, gap + 0.2, 180))
    columns = ["sample", "series", "period", "value_added", "low", "high", "n"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(years=table["period"].map(YEARS_OF))


def sorting() -> dict[str, pd.DataFrame]:
    draw = np.random.default_rng(7)
    moves = [
        shares({regime: level}).assign(origin_regime=origin)
        for (origin, regime), level in {
            ("SS", "IS"): 0.004,
            ("IS", "SS"): 0.003,
            ("SS", "SS"): 0.005,
            ("IS", "IS"): 0.0045,
        }.items()
    ]
    scores = [
        (sample, subject, regime, year, at + 0.01 * (year - 2006), 3000, 90_000)
        for sample, gap in OF_SAMPLES.items()
        for subject, high in {"math": 0.1, "reading": 0.08, "ela": 0.05}.items()
        for regime, at in {"IS": high, "SS": high - gap}.items()
        for year in YEARS
    ]
    workforce = [
        (sample, regime, period, at * (2 if period >= 2012 else 1), 30_000)
        for sample, gap in OF_SAMPLES.items()
        for regime, at in {"IS": 0.01, "SS": 0.01 - gap / 50}.items()
        for period in PERIODS
    ]
    tests = [
        (outcome, test, 1.3, 0.27, freedom, slope)
        for outcome in ("movers", "exiters", "workforce")
        for test, freedom, slope in (("equal", 2, np.nan), ("linear", 1, -0.013))
    ]
    wild = [
        (table, column, term, 0.2, 1.6, 0.12, -0.06, 0.46, "webb", 999, 120, 37)
        for table, term, columns in (
            *((one, "individual_x_post", (1, 2, 3, 4)) for one in ("movers", "exiters")),
            ("movers_incumbents", "event_x_individual_x_post", (4, 5)),
            ("exiters_stayers", "event_x_individual_x_post", (4, 5)),
        )
        for column in columns
    ]
    exchange = [(outcome, 0.2, 0.14, 500, 64, -0.25, 0.26, 0) for outcome in ("movers", "exiters")]
    cases = {
        1: [(np.nan, 0.0, "move", 0.56), (0.0, 0.909, "exit", 0.356), (0.909, 1.25, "stay", 0.084)],
        2: [(np.nan, 0.4, "move", 0.74), (0.4, 0.7, "stay", 0.12), (0.7, 1.0, "exit", 0.14)],
    }
    roy = [(case, *one) for case, rows in cases.items() for one in rows]
    movers = {"ss_to_is": (-0.14, 0.18), "is_to_ss": (0.1, -0.05)}
    return {
        "sorting/movers.csv": of_samples(BY_REGIME, "matched", "full", draw),
        "sorting/exiters.csv": of_samples(BY_REGIME, "matched", "full", draw),
        "sorting/workforce.csv": of_samples(["individual_x_post"], "full", "matched", draw),
        "sorting/movers_incumbents.csv": of_events("moved", draw),
        "sorting/movers_salaries.csv": of_events("moved", draw),
        "sorting/exiters_stayers.csv": of_events("exits", draw),
        "sorting/exiters_salaries.csv": of_events("exits", draw),
        "sorting/other_four_covariates.csv": of_outcomes(draw),
        "sorting/other_propensity.csv": of_outcomes(draw),
        "sorting/scores.csv": of_scores(("none", "mean", "quartiles"), draw),
        "sorting/scores_full.csv": of_scores(("none", "mean"), draw),
        "sorting/moving_shares.csv": pd.concat(moves, ignore_index=True).rename(
            columns={"events": "movers"}
        ),
        "sorting/leaving_shares.csv": shares({"IS": 0.036, "SS": 0.038}, range(2006, 2014)),
        "sorting/movers_periods.csv": periods(movers),
        "sorting/exiters_periods.csv": periods({"IS": (0.05, -0.02), "SS": (0.0, 0.11)}),
        "sorting/workforce_periods.csv": pd.DataFrame(
            workforce, columns=["sample", "regime", "period", "value_added", "n"]
        ).pipe(lambda table: table.assign(years=table["period"].map(YEARS_OF))),
        "sorting/mean_scores.csv": pd.DataFrame(
            scores, columns=["sample", "subject", "regime", "year", "score", "cells", "pupils"]
        ),
        "sorting/trends_before.csv": pd.DataFrame(
            tests, columns=["outcome", "test", "statistic", "p", "freedom", "slope"]
        ),
        "sorting/wild_bootstrap.csv": pd.DataFrame(
            wild,
            columns=[
                "table",
                "column",
                "term",
                "estimate",
                "t",
                "p",
                "low",
                "high",
                "weights",
                "replications",
                "clusters",
                "informative",
            ],
        ),
        "sorting/randomisation.csv": pd.DataFrame(
            exchange,
            columns=["outcome", "observed", "p", "replications", "sets", "low", "high", "failed"],
        ),
        "sorting/roy.csv": pd.DataFrame(roy, columns=["case", "low", "high", "choice", "share"]),
    }


def value_added() -> dict[str, pd.DataFrame]:
    spreads = [
        (level, subject, 9000, 0.8 * at, 1.2 * at, 0.5 * at, at, 0.004, 0.7 * at)
        for level, at in {"elementary": 0.2, "secondary": 0.18}.items()
        for subject in ("all", "math", "reading")
    ]
    names = ["sd_shrunk", "sd_unshrunk", "sd_printed", "sd_joint", "standard_error", "sd_va_joint"]
    truth = [
        (level, subject, estimator, 9000, slope, 0.02, 0.5, 0.2)
        for level in ("elementary", "secondary")
        for subject in ("math", "reading")
        for estimator, slope in (("va_printed", 1.3), ("va_joint", 1.0))
    ]
    quantities = {"sd_printed": (0.158, 0.2), "sd_expected": (0.158, 0.2), "sd_joint": (0.2, 0.2)}
    quantities |= {"slope_printed": (1.09, 1.0), "slope_joint": (1.0, 1.0), "covered": (0.95, 0.95)}
    quantities |= {name: (0.7, np.nan) for name in ("correlation_printed", "correlation_joint")}
    recovery = [
        (world, name, 20, mean / (1 + 0.2 * place * ("printed" in name)), 0.004, planted)
        for place, world in enumerate(
            ("1 teacher a cell", "up to 2 teachers a cell", "up to 4 teachers a cell")
        )
        for name, (mean, planted) in quantities.items()
    ]
    city, bins = [], []
    for aggregate, slope, spread in (("va_printed", 1.25, 0.061), ("va_joint", 0.96, 0.093)):
        city.append((aggregate, 2911, slope, 0.04, 0.6, 0.136, spread))
        for number, at in enumerate(np.linspace(-1.8, 1.8, 20) * spread, start=1):
            bins.append((aggregate, number, at, slope * at + 0.01 * np.sin(number), 145))
    left = np.arange(-25, 25) * 0.02
    histogram = []
    for name, spread in {"va_student": 0.136, "va_printed": 0.061, "va_joint": 0.093}.items():
        weight = np.exp(-0.5 * ((left + 0.01) / spread) ** 2)
        one = {"measure": name, "left": left, "right": left + 0.02, "teachers": 50}
        histogram.append(pd.DataFrame({**one, "share": weight / weight.sum()}))
    return {
        "value_added/standard_deviations.csv": pd.DataFrame(
            spreads, columns=["level", "subject", "teachers", *names]
        ),
        "value_added/truth.csv": pd.DataFrame(
            truth,
            columns=[
                "level",
                "subject",
                "estimator",
                "teachers",
                "slope",
                "standard_error",
                "correlation",
                "sd_truth",
            ],
        ),
        "value_added/recovery.csv": pd.DataFrame(
            recovery, columns=["world", "quantity", "runs", "mean", "error", "planted"]
        ),
        "value_added/city.csv": pd.DataFrame(
            city,
            columns=[
                "aggregate",
                "teachers",
                "slope",
                "error",
                "correlation",
                "sd_student",
                "sd_aggregate",
            ],
        ),
        "value_added/city_bins.csv": pd.DataFrame(
            bins, columns=["aggregate", "bin", "mean_aggregate", "mean_student", "teachers"]
        ),
        "value_added/city_histogram.csv": pd.concat(histogram, ignore_index=True),
    }


PLANTED = {"salary": 0.0062, "distance": -0.0317, "incumbent": 8.496, "poor": 0.0009}
PLANTED |= {"urban": 0.3043, "outside": 6.2256, "value_added": 39.469, "seniority": 0.9864}
PLANTED |= {"master": 8.3006, "sigma": 1.0}
PAYOFFS = ("value_added", "seniority", "master")


def estimates(*, identified: bool) -> pd.DataFrame:
    """Estimates of the two-sided model whose payoffs are, or are not, identified."""
    rows = [
        {
            "side": "district" if name in (*PAYOFFS, "sigma") else "teacher",
            "parameter": name,
            "estimate": 1.02 * truth if identified or name not in PAYOFFS else np.nan,
            "standard_error": 0.05 * abs(truth) if identified or name not in PAYOFFS else np.nan,
            "identified": identified or name not in PAYOFFS,
            "reason": "" if identified or name not in PAYOFFS else SLACK,
            "truth": truth,
        }
        for name, truth in PLANTED.items()
    ]
    table = pd.DataFrame(rows).assign(converged=True)
    table.loc[table["parameter"] == "sigma", "standard_error"] = np.nan
    return table


def prices(*, binding: bool) -> pd.DataFrame:
    """Shadow prices of 40 districts."""
    number = np.arange(40)
    capacity = np.where(binding & (number % 4 == 0), 0.1 * number, 0.0)
    budget = np.where(binding & (number % 3 == 0), 0.002 * number, 0.0)
    return pd.DataFrame(
        {
            "market": [f"market {one}" for one in number // 10],
            "district": number % 10,
            "budget": 9000.0,
            "capacity": 180.0,
            "left_budget": 400.0,
            "left_capacity": 8.0,
            "expected_hires": 0.2,
            "expected_pay": 11.0,
            "capacity_price": capacity,
            "budget_price": budget,
            "budget_binds": budget > 0,
            "capacity_binds": capacity > 0,
            "closed": number == 7,
            "gap": np.nan,
        }
    )


def offers() -> dict[str, pd.DataFrame]:
    elasticities = [
        (name, PLANTED[name], 0.3, 0.02, -PLANTED[name] / 0.0062, 9.0)
        for name in ("salary", "distance", "poor", "incumbent", "urban")
    ]
    moments = [
        (year, moment, group, level, 1.2 * level, 9000)
        for year in (2012, 2009)
        for moment, level in (("move", 0.0001), ("exit", 0.0623))
        for group in ("all", "VA > 0", "VA < 0", "without VA")
    ]
    schemes = []
    for scope, delta in product(("one", "all"), DELTAS):
        weaker = 1.0 if scope == "one" else 0.4
        for outcome, sign in (("move in", 1), ("move out", -1), ("exit", -0.3)):
            for quartile in range(5):
                change = sign * weaker * delta / 100 * (quartile - 2.5 if quartile else 0.02)
                at = 0.01 * (1 + change / 100)
                schemes.append(
                    (scope, delta, quartile, outcome, at, change, 0.3 * abs(change) + 0.1)
                )
        for outcome, level, slope in (
            ("movers in", 0.05, 0.06),
            ("movers out", 0.1, -0.05),
            ("exiters", -0.01, -0.01),
            ("workforce", -0.0797, 0.03),
        ):
            at = level + weaker * slope * delta / 1000
            schemes.append((scope, delta, 0, outcome, at, 100 * (at / level - 1), 0.02))
    names = ["scope", "delta", "quartile", "outcome", "value", "percent", "half"]
    table = pd.DataFrame(schemes, columns=names)
    half = table.pop("half")
    for name in ("value", "percent"):
        scale = np.where((name == "value") & (table["quartile"] > 0), 1e-4, 1.0)
        table[f"{name}_low"], table[f"{name}_high"] = (
            table[name] + side * scale * half for side in (-1, 1)
        )
    readings = [
        (name, scope, shape, balance, outcome, quartile)
        for name, scope, shape, balance in product(
            ("published", "estimates"), ("one", "all"), ("logistic", "linear"), ("mean", "printed")
        )
        for outcome, quartile in (
            *product(("move in", "move out", "exit"), (1, 4)),
            *product(("movers in", "movers out", "exiters", "workforce", "wage bill"), (0,)),
        )
    ]
    by_reading = pd.DataFrame(
        readings, columns=["parameters", "scope", "shape", "balance", "outcome", "quartile"]
    )
    bill = by_reading["outcome"] == "wage bill"
    refused = (by_reading["shape"] == "linear") & (by_reading["balance"] == "printed") & ~bill
    wide = np.where(by_reading["shape"] == "linear", 8.125, 2.25)
    by_reading["before"] = np.where(bill, 17.34, 0.01)
    by_reading["after"] = by_reading["before"] * (1 + wide / 100)
    by_reading["percent"] = wide
    by_reading.loc[refused, ["before", "after", "percent"]] = np.nan
    by_reading["reason"] = np.where(refused, "salaries would be zero or less", None)
    likelihoods = [
        ("literal", "all", 44_800, -4948.0),
        ("literal", "equilibrium", 9000, -3892.0),
        ("literal", "half of equilibrium", 4500, -3700.0),
        ("literal", "none", 0, -3491.0),
        ("simulated", "", 100, -4150.0),
        ("threshold", "", 6400, -4137.2),
    ]
    ways = [
        ("linear", 14, 15.5, 12.0, 610.0, 1.2),
        ("floor", 12, 15.1, 11.6, 590.0, np.nan),
        ("whole", 13, 15.4, 11.9, 608.0, np.nan),
        ("printed", 19, 17.0, 15.2, 800.0, 0.3),
        ("corrected", 12, 15.1, 11.6, 590.0, 1.2),
    ]
    return {
        "offers/estimates.csv": estimates(identified=False),
        "offers/laboratory.csv": estimates(identified=True),
        "offers/elasticities.csv": pd.DataFrame(
            elasticities,
            columns=[
                "parameter",
                "coefficient",
                "elasticity",
                "elasticity_se",
                "compensating_salary",
                "compensating_se",
            ],
        ),
        "offers/moments.csv": pd.DataFrame(
            moments, columns=["year", "moment", "group", "model", "data", "teachers"]
        ),
        "offers/schemes.csv": table.assign(converged=True, draws=40),
        "offers/readings.csv": by_reading.assign(published=np.where(bill, np.nan, -37.8)),
        "offers/shadow_prices.csv": prices(binding=False),
        "offers/laboratory_prices.csv": prices(binding=True),
        "offers/likelihoods.csv": pd.DataFrame(
            likelihoods, columns=["likelihood", "offers", "number", "value"]
        ),
        "offers/ways.csv": pd.DataFrame(
            ways, columns=["way", "offers", "value", "hires", "pay", "capacity_price"]
        ),
    }


@cache
def _tables() -> dict[str, pd.DataFrame]:
    return state() | salaries() | districts() | sorting() | value_added() | offers()


def tables() -> dict[str, pd.DataFrame]:
    """Every table that an exhibit is made from, by path below results/<study>."""
    return {path: table.copy() for path, table in _tables().items()}


@cache
def declared() -> dict[str, dict]:
    """Entries of the paper's exhibits.yaml by name."""
    return yaml.safe_load((PAPER / "exhibits.yaml").read_text(encoding="utf-8"))["exhibits"]


def drawn(name: str, note: str = "Synthetic state.", instead: dict | None = None):
    """Data and drawing of an exhibit, from the tables above or, by path, others instead."""
    entry, made = declared()[name], tables() | (instead or {})
    arguments = {one: made[path].copy() for one, path in entry["made_from"].items()}
    return program("biasi_2017", f"{entry['program']}.{name}")(**arguments, note=note)
