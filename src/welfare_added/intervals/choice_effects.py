"""What each open choice changes in the headline numbers, world by world."""

from collections.abc import Mapping, Sequence

import pandas as pd

from welfare_added.intervals.declaration import Choice, Declaration, IntervalsError, changed
from welfare_added.intervals.one_world import sample_of, simulated, world_of
from welfare_added.intervals.summaries import FEWEST, rounded
from welfare_added.intervals.worlds import Setting, headlines_of, searched, seeded

DEFAULT = "default"
WEIGHTS = 3  # social weights 0, 0.5 and 1: headline numbers are at 0.5


def headlines_by_choice(setting: Setting, number: int) -> pd.DataFrame:
    """Headline numbers of a world under the default choices, and with each choice changed in turn.

    The world is searched on the published inputs, again after a choice that changes the district.

    Returns
    -------
    DataFrame
        choice (``default`` first), headline, value.

    """
    config = seeded(setting, number)
    parameters = searched(setting, setting.parameters, config)
    sample = sample_of(simulated(parameters, config), config)
    rows = _rows(DEFAULT, _headlines(setting, sample, config))
    for choice in setting.declared.choices:
        own = changed(config, choice.config, "config")
        other = _other_sample(setting, choice, own, parameters) if _is_other(choice) else sample
        rows += _rows(choice.name, _headlines(setting, other, own))
    return pd.DataFrame(rows, columns=["choice", "headline", "value"])


def _is_other(choice: Choice) -> bool:
    """Whether the sample is another."""
    return choice.searched or bool(choice.parameters) or "district" in choice.config


def _other_sample(setting: Setting, choice: Choice, config: Mapping, parameters: Mapping):
    if choice.searched:
        start = changed(setting.parameters, choice.parameters, "parameters")
        own = searched(setting, start, config)
    else:
        own = changed(parameters, choice.parameters, "parameters")
    return sample_of(simulated(own, config), config)


def _headlines(setting: Setting, sample, config: Mapping) -> dict[str, float]:
    world = world_of(sample, config, setting.bins, WEIGHTS)
    return headlines_of(setting.declared, world.tables, config)


def _rows(choice: str, headlines: Mapping[str, float]) -> list[tuple[str, str, float]]:
    return [(choice, name, value) for name, value in headlines.items()]


def effects_table(declared: Declaration, worlds: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Mean effect of each choice on each headline number, paired by world.

    Returns
    -------
    DataFrame
        choice, choice_label, headline, headline_label, unit, default (mean under the default
        choices), default_sd (over worlds), difference (mean of changed minus default),
        standard_error (of the difference), worlds.

    Raises
    ------
    IntervalsError
        If there are fewer than two worlds, or they lack a declared choice or headline.

    """
    if len(worlds) < FEWEST:
        raise IntervalsError(f"choices: {len(worlds)} worlds; {FEWEST} or more are needed")
    wide = pd.concat(
        [one.set_index(["choice", "headline"])["value"].rename(n) for n, one in enumerate(worlds)],
        axis=1,
    )
    rows = []
    for choice in declared.choices:
        for headline in declared.headlines:
            if (choice.name, headline.name) not in wide.index:
                raise IntervalsError(
                    f"choices: the worlds hold no {choice.name}, {headline.name}; make them again"
                )
            default = wide.loc[(DEFAULT, headline.name)]
            difference = wide.loc[(choice.name, headline.name)] - default
            rows.append(
                {
                    "choice": choice.name,
                    "choice_label": choice.label,
                    "headline": headline.name,
                    "headline_label": headline.label,
                    "unit": headline.unit,
                    "default": default.mean(),
                    "default_sd": default.std(ddof=1),
                    "difference": difference.mean(),
                    "standard_error": difference.std(ddof=1) / len(difference) ** 0.5,
                    "worlds": len(difference),
                }
            )
    return rounded(pd.DataFrame(rows))
