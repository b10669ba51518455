"""Small platforms with planted preferences, and slow likelihoods beside which fast ones are put."""

import itertools

import numpy as np
import pandas as pd

from welfare_added.market import features
from welfare_added.market.recovery_world import planted_ratings, planted_world
from welfare_added.market.teacher_choices import teacher_choices

PAIR = {
    "commute": -0.07,
    "commute_missing": -1.6,
    "value_added": 0.1,
    "disadvantaged": -1.2,
    "black_x_black": 1.0,
}
TEACHER = {"constant": 0.3, "in_district": -0.5, "female": 0.3}
SPREADS = dict(zip(features.SPREADS, (0.1, 1.2, 1.0, 0.8, 1.1, 1.5), strict=True))
TRUTH = {
    **dict.fromkeys((*features.PAIR, *features.TEACHER, *features.MEANS), 0.0),
    **PAIR,
    **TEACHER,
    **SPREADS,
}
RATED = {
    "constant": -2.5,
    "title1": 0.5,
    "value_added": 0.1,
    "masters": 0.3,
    "random_effect_sd": 1.2,
}


def world(applicants=300, positions=600, seed=3, **options):
    return planted_world(
        TRUTH, np.random.SeedSequence(seed), applicants=applicants, positions=positions, **options
    )


def choices_of(made, **changes):
    tables = {name: getattr(made, name) for name in ("applicants", "positions", "pairs", "schools")}
    return teacher_choices(**{**tables, **changes})


def rated_world(positions=150, applications=60, seed=5):
    from welfare_added.market.ratings import PRINCIPAL, SPREAD

    truth = {name: RATED.get(name, 0.0) for name in (*PRINCIPAL, SPREAD)}
    made = planted_ratings(
        truth, np.random.SeedSequence(seed), positions=positions, applications=applications
    )
    return truth, *made


def chance(utility):
    return 1 / (1 + np.exp(-utility))


def ranking_chance(utility, place):
    """Log of the sum, over all orders that ties leave open, of the exploded logit's chances."""
    total = 0.0
    for order in itertools.permutations(range(len(utility))):
        if all(place[one] <= place[two] for one, two in itertools.pairwise(order)):
            weight, chance_of_order = np.exp(utility), 1.0
            left = weight.sum()
            for item in order:
                chance_of_order *= weight[item] / left
                left -= weight[item]
            total += chance_of_order
    return np.log(total)


def conditional_chance(utility, taken, trials):
    """Log of the chance of choices given their number, by all ways to choose so many."""
    single = np.repeat(utility, trials.astype(int))
    ways = itertools.combinations(range(len(single)), int(taken.sum()))
    return taken @ utility - np.log(sum(np.exp(single[list(way)].sum()) for way in ways))


def derivative(function, at, step=1e-5):
    sides = [(function(at + step * e), function(at - step * e)) for e in np.eye(len(at))]
    return np.array([(up - down) / (2 * step) for up, down in sides])


def shuffled(table, seed=0):
    return table.iloc[np.random.default_rng(seed).permutation(len(table))].reset_index(drop=True)


def uncollapsed(choices):
    """The same choices with a row a position, the first of a school taken."""
    rows = np.repeat(np.arange(len(choices.trials)), choices.trials.astype(int))
    number = np.concatenate([np.arange(one) for one in choices.trials.astype(int)])
    first = np.concatenate([[0], np.add.reduceat(choices.trials, choices.first[:-1]).cumsum()])
    changed = {
        "pair": choices.pair[rows],
        "taken": (number < choices.taken[rows]).astype(float),
        "trials": np.ones(len(rows)),
        "schools": choices.schools[rows],
        "class_size": choices.class_size[rows],
        "first": first.astype(int),
    }
    return type(choices)(**{**choices.__dict__, **changed})


def table(**columns):
    return pd.DataFrame(columns)
