"""Small tables of plausible numbers, in the shapes that the stages of Laverde et al. (2023) write."""

from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from welfare_added.exhibits.output import program
from welfare_added.reassignment.draws import CLAIRVOYANT, FEASIBLE
from welfare_added.reassignment.plans import AIMS
from welfare_added.reassignment.pooled import SAME_YEARS
from welfare_added.reassignment.year import SCENARIOS
from welfare_added.selection.parameters import CORRELATIONS, SCALES
from welfare_added.transfers.facts import PUBLISHED
from welfare_added.transfers.regressors import CONSTANT, DEMAND, OUTCOMES, SUPPLY
from welfare_added.transfers.variables import variables_table

PAPER = Path(__file__).parents[1] / "workflow/papers/laverde_2023"
TRAITS = {"white": 0.30, "proficient": 0.45, "low_income": 0.65}
GROUPS = {"all": 1.0, "quartile_1": 0.8, "quartile_2": 0.9, "quartile_3": 1.1, "quartile_4": 1.2}
GROUPS |= {"non_white": 0.9, "white": 1.15}
SCORES = dict(zip(SCENARIOS, (0.057, 0.056, 0.053, 0.006), strict=True))
SHARES = dict(zip(SCENARIOS, (4.1, 3.8, 3.7, 0.7), strict=True))
KNOWS = {CLAIRVOYANT: 1.0, FEASIBLE: 0.63, SAME_YEARS: 0.9}
PLANS = list(product(KNOWS, AIMS, SCENARIOS))


def published(name: str) -> float:
    """A fact of inputs.yaml, the middle of a range."""
    value = yaml.safe_load((PAPER / "calibration/inputs.yaml").read_text(encoding="utf-8"))
    for key in PUBLISHED[name]:
        value = value[key]
    return float(np.mean(value))


def transfers() -> dict[str, pd.DataFrame]:
    facts = pd.DataFrame({"fact": list(PUBLISHED), "published": [*map(published, PUBLISHED)]})
    ratio = 1 + 0.05 * np.cos(np.arange(len(facts)))
    ratio[3] = 1.9
    facts["value"] = ratio * facts["published"]
    years = np.array([0.5, 2, 4.5, 8, 13, 18, 25])
    slope = {"white": 0.006, "proficient": 0.005, "low_income": -0.007}
    experience = [
        pd.DataFrame(
            {
                "trait": trait,
                "experience": years,
                "mean": level + slope[trait] * years,
                "low": level + slope[trait] * years - 0.02,
                "high": level + slope[trait] * years + 0.02,
                "teacher_years": 450,
            }
        )
        for trait, level in TRAITS.items()
    ]
    edges = np.linspace(-0.8, 0.8, 17)
    bins = [
        pd.DataFrame(
            {
                "trait": trait,
                "low": edges[:-1],
                "high": edges[1:],
                "share": np.exp(-(((edges[:-1] + 0.05 - slope[trait] * 10) / 0.3) ** 2)) / 5,
                "moves": 40,
            }
        )
        for trait in TRAITS
    ]
    return {
        "transfers/facts.csv": facts[["fact", "value"]],
        "calibration.csv": pd.DataFrame(
            {
                "quantity": [".".join(PUBLISHED[name]) for name in facts["fact"]],
                "target": facts["published"],
                "achieved": facts["value"],
                "ratio": ratio,
                "source": "table 1",
            }
        ),
        "transfers/experience.csv": pd.concat(experience, ignore_index=True),
        "transfers/experience_slopes.csv": pd.DataFrame(
            {"trait": list(TRAITS), "slope": list(slope.values()), "se": 0.001}
        ),
        "transfers/moves.csv": pd.DataFrame(
            {
                "trait": list(TRAITS),
                "mean": [10 * one for one in slope.values()],
                "se": 0.01,
                "sd": 0.3,
                "moves": 380,
            }
        ),
        "transfers/move_bins.csv": pd.concat(bins, ignore_index=True),
    }


def moments(names: list[str], draw: np.random.Generator) -> pd.DataFrame:
    """Posterior moments of some parameters about a truth, with the columns of parameters.csv."""
    truth = draw.normal(0, 0.3, len(names))
    spread = np.array([name.startswith("sd ") for name in names])
    truth[spread] = 0.1
    sd = 0.01 + 0.02 * draw.random(len(names))
    mean = truth + sd * draw.standard_normal(len(names))
    bulk = np.round(draw.uniform(300, 4000, len(names)), 1)
    table = pd.DataFrame({"parameter": names, "mean": mean, "sd": sd})
    table = table.assign(q05=mean - 1.64 * sd, q95=mean + 1.64 * sd, r_hat=1.001, bulk=bulk)
    table = table.assign(tail=0.9 * bulk, few=0.9 * bulk < 400, prior=False, truth=truth)
    bound = {"mean": 0.014, "sd": 0.007, "q05": 0.003, "q95": 0.027, "truth": 0.0004}
    table.loc[table["parameter"] == "sd eta_y", list(bound)] = list(bound.values())
    of_prior = table["parameter"].isin(["sd eta_v", "correlation eta_y eta_v"])
    table.loc[of_prior, "prior"] = True
    return table


def of_lists(constant: bool) -> list[str]:
    """Names of eq. 3, which has a constant where all decisions count."""
    names = [CONSTANT, *DEMAND] if constant else list(DEMAND)
    own = [f"{part}: {name}" for part in ("demand", "demand standardised") for name in names]
    return [*own, "sd phi", "sd eta_v", "correlation theta phi"]


def selection() -> dict[str, pd.DataFrame]:
    draw = np.random.default_rng(4)
    names = [f"outcomes: {name}" for name in (CONSTANT, *OUTCOMES, "school_S02", "year_2011")]
    names += [f"supply: {name}" for name in (*SUPPLY, "inertia")]
    names += of_lists(constant=True)[:-3]
    names += [f"sd {name}" for name in SCALES]
    names += [f"correlation {name}" for name in CORRELATIONS]
    names += ["fallback less schools", "fallback less vacancies"]
    names += [f"school effect {number}" for number in range(4)]
    rankings = [
        moments(of_lists(constant), draw).assign(rankings=name)
        for name, constant in (("full", True), ("positive", False))
    ]
    rankings = pd.concat(rankings, ignore_index=True)
    same_race = (rankings["parameter"] == "demand: match_minority_teachers").to_numpy()
    level = np.where(rankings["rankings"] == "full", 4.0, 6.5)[same_race]
    rankings.loc[same_race, "truth"] = 4.061
    rankings.loc[same_race, ["mean", "sd"]] = np.column_stack([level, [0.4, 0.1]])
    rankings.loc[same_race, "q05"], rankings.loc[same_race, "q95"] = level - 0.5, level + 0.5
    traced = ["sd theta", "sd eta_y", "supply: inertia", "sd eta_u", "correlation eta_y eta_u"]
    draws = np.arange(-100, 400, 5)
    traces = [
        pd.DataFrame(
            {
                "parameter": name,
                "chain": chain,
                "draw": draws,
                "value": 0.3
                + 0.02 * draw.standard_normal(len(draws))
                + (chain - 2.5) * 0.2 * np.exp(-(draws + 100) / 30),
            }
        )
        for name in traced
        for chain in range(1, 5)
    ]
    changes = pd.DataFrame(
        {
            "row": ["general_effectiveness", "unobservable_match", "observable_match"],
            "score": [0.381, 0.06, 0.04],
            "school_utility": [0.6, 0.01, 0.5],
            "teacher_utility": [np.nan, -0.3, -0.02],
        }
    )
    for name in ("score", "school_utility", "teacher_utility"):
        changes[f"{name}_sd"] = 0.2 * changes[name].abs()
    measures = ["math_value_added", "reading_value_added", "survey", "observation"]
    return {
        "selection/parameters.csv": moments(names, draw),
        "selection/rankings.csv": rankings,
        "selection/orders.csv": pd.DataFrame(
            {"parameter": traced, "ours": [396, 236, 424, 156, 245], "published": [5, 1, 18, 6, 1]}
        ),
        "selection/traces.csv": pd.concat(traces, ignore_index=True),
        "selection/changes.csv": changes,
        "selection/evaluations.csv": pd.DataFrame(
            {
                "measure": measures,
                "slope": [8.4, 5.96, 1.47, 3.52],
                "se": [0.53, 0.67, 0.58, 0.7],
                "observations": [441, 334, 432, 398],
                "correlation": [0.60, 0.44, 0.12, 0.25],
            }
        ),
        "selection/students.csv": pd.DataFrame(
            {
                "trait": ["prev_score", "non_white", "low_income"],
                "slope": [0.5, -0.3, -0.36],
                "se": [0.03, 0.02, 0.02],
                "se_by_teacher": [0.09, 0.06, 0.05],
                "pairs": 167_174,
            }
        ),
        "selection/variables.csv": variables_table(OUTCOMES, (CONSTANT, *DEMAND)),
    }


def reassignment() -> dict[str, pd.DataFrame]:
    gains = []
    for planner, aim, scenario in product(KNOWS, AIMS, (*SCENARIOS, "observed")):
        scale = KNOWS[planner] if aim != "class_mean" else 0.5 * KNOWS[planner]
        for group, factor in GROUPS.items():
            score = factor * scale * SCORES.get(scenario, 0.0)
            share = factor * scale * SHARES.get(scenario, 0.0)
            gains.append(
                {
                    "planner": planner,
                    "aim": aim,
                    "scenario": scenario,
                    "group": group,
                    "students": 3500,
                    "gain_score": score,
                    "gain_score_sd": 0.001,
                    "gain_score_over_random": score + 0.003 * factor,
                    "gain_score_over_random_sd": 0.0015,
                    "gain_proficient": share,
                    "gain_proficient_sd": 0.07,
                    "gain_proficient_over_random": share + 0.2 * factor,
                    "gain_proficient_over_random_sd": 0.08,
                }
            )
    parts = [
        {
            "planner": planner,
            "aim": aim,
            "scenario": scenario,
            **{
                f"{prefix}{name}{end}": part * share * error * KNOWS[planner] * SCORES[scenario]
                for prefix, part in (("", 1.0), ("class_", 0.5))
                for name, share in (("total", 1.0), ("effectiveness", 0.93), ("match", 0.07))
                for end, error in (("", 1.0), ("_sd", 0.02))
            },
        }
        for planner, aim, scenario in PLANS
    ]
    who = {"moves": 300.0, "displaced": 6.0, "brought_in": 6.0, "worse_off": 181.0}
    people = [
        {
            "planner": planner,
            "aim": aim,
            "scenario": scenario,
            "positions": 327,
            **{
                f"{name}{end}": error * level * share
                for name, level in who.items()
                for end, error in (("", 1.0), ("_sd", 0.1))
            },
            "blocking_pairs": 9000.0,
            "blocking_pairs_sd": 80.0,
        }
        for planner, aim in product(KNOWS, AIMS)
        for scenario, share in zip((*SCENARIOS, "observed"), (1, 0.8, 0.7, 0.4, 0), strict=True)
    ]
    certificates = pd.DataFrame(PLANS, columns=["planner", "aim", "scenario"])
    years = pd.DataFrame({"year": np.arange(2010, 2020), "positions": 327, "candidates": 333})
    names = ["draws", "years", "candidates_beyond_positions", "mobile_of_selected"]
    return {
        "reassignment/gains.csv": pd.DataFrame(gains),
        "reassignment/parts.csv": pd.DataFrame(parts),
        "reassignment/people.csv": pd.DataFrame(people),
        "reassignment/certificates.csv": certificates.assign(
            problems=1000, largest_gap=4e-16, reversals=0
        ),
        "reassignment/years.csv": years.assign(students=16_700, random_exact=years["year"] > 2011),
        "reassignment/text_numbers.csv": pd.DataFrame({"name": names, "value": 0.0}),
    }


@cache
def _tables() -> dict[str, pd.DataFrame]:
    return transfers() | selection() | reassignment()


def tables() -> dict[str, pd.DataFrame]:
    """Every table that an exhibit is made from, by path below results/<study>."""
    return {path: table.copy() for path, table in _tables().items()}


@cache
def declared() -> dict[str, dict]:
    """Entries of the paper's exhibits.yaml by name."""
    return yaml.safe_load((PAPER / "exhibits.yaml").read_text(encoding="utf-8"))["exhibits"]


def drawn(name: str, note: str = "Synthetic system.", instead: dict | None = None):
    """Data and drawing of an exhibit, from the tables above or, by path, others instead."""
    entry, made = declared()[name], tables() | (instead or {})
    arguments = {one: made[path].copy() for one, path in entry["made_from"].items()}
    return program("laverde_2023", f"{entry['program']}.{name}")(**arguments, note=note)
