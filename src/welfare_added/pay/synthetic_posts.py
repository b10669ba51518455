"""Who gets which of the synthetic state's teaching posts, and how many each district has."""

from collections.abc import Mapping

import numpy as np

from welfare_added.pay.synthetic_districts import Districts


def matched(wanted: np.ndarray, offered: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """For each of what is wanted the place of an offer of its kind, by chance; -1: none is left.

    wanted, offered
        Kinds by number; each offer is taken once.
    """
    shuffled = rng.permutation(len(offered))
    order = shuffled[np.argsort(offered[shuffled], kind="stable")]
    queue = np.argsort(wanted, kind="stable")
    place = np.arange(len(queue)) - np.searchsorted(wanted[queue], wanted[queue])
    begin = np.searchsorted(offered[order], wanted[queue])
    end = np.searchsorted(offered[order], wanted[queue], side="right")
    has = begin + place < end
    taken = np.full(len(wanted), -1)
    taken[queue[has]] = order[(begin + place)[has]]
    return taken


def by_chance(group: np.ndarray, number: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Places of up to ``number`` members of each group, drawn by chance."""
    shuffled = rng.permutation(len(group))
    order = shuffled[np.argsort(group[shuffled], kind="stable")]
    ordered = group[order]
    place = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    return order[place < number[ordered]]


def exchanged(values: np.ndarray, group: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Values exchanged by chance within groups."""
    shuffled = rng.permutation(len(group))
    made = np.empty_like(values)
    to = np.argsort(group, kind="stable")
    made[to] = values[shuffled[np.argsort(group[shuffled], kind="stable")]]
    return made


def staff_levels(districts: Districts, inputs: Mapping, parameters: Mapping) -> np.ndarray:
    """Teachers of each district in the first year, before trimming, (J,).

    As many a pupil as in the published state without Kenosha; Racine, Green Bay and Chippewa
    Falls have their own numbers of 2012, unless a small world has fewer pupils there.
    """
    counts, own = inputs["counts"], inputs["districts"]
    stock = counts["teachers_by_year"]
    groups = counts["districts_by_regime"]
    pupils = (
        groups["individual_salary"] * own["individual_salary"]["enrolment"][0]
        + groups["salary_schedule"] * own["salary_schedule"]["enrolment"][0]
        + counts["districts_without_handbook"]["used"] * own["handbook_unavailable"]["enrolment"][0]
    )
    first = min(stock)
    made = districts.pupils * stock[first] / parameters["kept"] / pupils
    printed = {
        "racine": (counts["teachers_green_bay_and_racine"]["racine"], "racine_2012"),
        "green_bay": (counts["teachers_green_bay_and_racine"]["green_bay"], "green_bay_2012"),
        "chippewa_falls": (counts["teachers_chippewa_falls_2012"], "chippewa_falls_2012"),
    }
    now = np.interp(2012, list(stock), list(stock.values())) / stock[first]
    for name, (number, key) in printed.items():
        row = np.flatnonzero(districts.name == name)[0]
        full = inputs["enrolment"][key]
        full = full["enrolment"] if isinstance(full, Mapping) else full
        made[row] = number / now / parameters["kept"] * districts.pupils[row] / full
    return made
