"""Draw a world, search it on the published inputs, and answer the claims in it.

Two readings of Monte Carlo. ``fixed``: the parameters as they are and another seed, so another
district of the same law. ``searched``: besides, the parameters that no published input pins down
are drawn, and all others searched on the inputs of that seed's district: what the inputs leave
open.
"""

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.calibration.adjustments import make_feasible
from welfare_added.calibration.search import searched_on
from welfare_added.calibration.targets import bin_counts, read_targets
from welfare_added.claims.answers import Sources, answer, parts
from welfare_added.claims.claim import Claim, ends
from welfare_added.claims.compare import choices_of
from welfare_added.claims.document import Document
from welfare_added.claims.selectors import NotAvailableError, Tables
from welfare_added.intervals.declaration import Declaration, all_changed, changed, read
from welfare_added.intervals.one_world import World, sample_of, simulated, world_of
from welfare_added.intervals.world_tables import TABLES
from welfare_added.run.choices import read_yaml
from welfare_added.value_added.choices import estimation

ANSWERED = ("prediction", "input")  # kinds of claims that differ between worlds
SIGNIFICANT = 10  # digits of a world's answers
COLUMNS = ["kind", "name", "end", "value"]


@dataclass(frozen=True)
class Setting:
    """What all worlds share: the run's configuration, parameters and published inputs."""

    declared: Declaration
    config: Mapping
    parameters: Mapping
    targets: pd.DataFrame

    @property
    def bins(self) -> dict[str, np.ndarray]:
        """Number of classes in each published bin."""
        return bin_counts(self.targets)


def setting_of(
    declaration: Path | str,
    schema: Path | str,
    parameters: Path | str,
    targets: Path | str,
    config: Mapping,
) -> Setting:
    """Read what all worlds share: intervals.yaml, the parameters and the published inputs."""
    return Setting(read(declaration, schema), config, read_yaml(parameters), read_targets(targets))


def seed_of(declared: Declaration, number: int) -> int:
    """Seed of a world's district; it does not depend on how many worlds there are."""
    sequence = np.random.SeedSequence(declared.seed, spawn_key=(number, 0))
    return int(sequence.generate_state(1)[0])


def drawn_values(declared: Declaration, number: int) -> dict[str, object]:
    """Values of the parameters that are drawn, by their name, in a world."""
    sequence = np.random.SeedSequence(declared.seed, spawn_key=(number, 1))
    streams = sequence.spawn(len(declared.drawn))
    return {
        one.name: one.draw(np.random.default_rng(stream))
        for one, stream in zip(declared.drawn, streams, strict=True)
    }


def seeded(setting: Setting, number: int) -> dict:
    """Configuration of a world: that of the run with the world's seed and social weights."""
    own = {"seed": seed_of(setting.declared, number)}
    changes = {"district": own, "allocation": {"weights": setting.declared.weights}}
    return changed(setting.config, changes, "config")


def world_answers(setting: Setting, document: Document, reading: str, number: int) -> pd.DataFrame:
    """Answers of the claims in one world of a reading, and what was drawn.

    Returns
    -------
    DataFrame
        kind (prediction, input, or drawn), name (a claim's id, or a parameter), end (low or high
        of a range, else empty), value as text (empty where the world has none).

    """
    config, parameters, drawn = seeded(setting, number), dict(setting.parameters), {}
    if reading == "searched":
        drawn = drawn_values(setting.declared, number)
        config = all_changed(config, _of("config.", drawn), "config")
        parameters = all_changed(parameters, _of("parameters.", drawn), "parameters")
        parameters = searched(setting, parameters, config)
    world = made(setting, parameters, config, used_tables(document))
    table = pd.concat([answers_of(document, world.tables, config), _drawn_table(drawn)])
    return table.assign(value=[_text(value) for value in table["value"]])


def searched(setting: Setting, parameters: Mapping, config: Mapping) -> dict:
    """Parameters after some steps of the score search on the district of the config's seed.

    Only a district of the published size is searched: of another the parameters are brought
    together until value added has a process, and stay otherwise.
    """
    chosen = config["district"]
    if chosen["size"] != "full":
        found = copy.deepcopy(dict(parameters))
        make_feasible(found["effects"])
        return found
    return searched_on(
        parameters,
        chosen["seed"],
        setting.targets,
        steps=setting.declared.score_steps,
        **{key: chosen[key] for key in ("years", "grades", "split", "class_size", "lower")},
        estimation=estimation(config["value_added"]),
    )


def made(
    setting: Setting, parameters: Mapping, config: Mapping, tables: Collection[str] = TABLES
) -> World:
    """The world of parameters and choices, with some of its result tables."""
    sample = sample_of(simulated(parameters, config), config)
    return world_of(sample, config, setting.bins, tables=tables)


def used_tables(document: Document) -> list[str]:
    """Tables of worlds that the answered claims use."""
    claims = [claim for claim in document.claims if claim.kind in ANSWERED]
    used = set().union(*(_used("table", claim, document) for claim in claims))
    return [name for name in TABLES if name in used]


def answers_of(
    document: Document, tables: Mapping[str, pd.DataFrame], config: Mapping
) -> pd.DataFrame:
    """Answers of all claims of kind prediction or input; missing where tables have none.

    A claim that needs a table which is not made in worlds has no row.
    """
    claims = [
        claim
        for claim in document.claims
        if claim.kind in ANSWERED and _used("table", claim, document) <= set(tables)
    ]
    paths = set().union(*(_used("config", claim, document) for claim in claims))
    sources = Sources(
        Tables.of(tables), choices_of(paths, config), document.shared, document.published_number
    )
    rows = [
        (claim.kind, claim.id, *end) for claim in claims for end in _ends(claim.answer, sources)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def headlines_of(
    declared: Declaration, tables: Mapping[str, pd.DataFrame], config: Mapping
) -> dict[str, float]:
    """The headline numbers of a world, by name."""
    sources = Sources(Tables.of(tables), config, {}, lambda name: np.nan)
    return {one.name: answer(one.answer, sources) for one in declared.headlines}


def _used(key: str, claim: Claim, document: Document) -> set[str]:
    """Tables (``table``), or keys of the configuration (``config``), that a claim's answer uses."""
    return {part[key] for part in parts(claim.answer, document.shared) if key in part}


def _ends(node: object, sources: Sources) -> list[tuple[str, float]]:
    try:
        numbers = ends(answer(node, sources))
    except NotAvailableError:
        return [("", np.nan)]
    names = ("low", "high") if len(numbers) == 2 else ("",)
    return list(zip(names, numbers, strict=True))


def _text(value: object) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:.{SIGNIFICANT}g}"
    return str(value)


def _of(prefix: str, drawn: Mapping[str, object]) -> dict[str, object]:
    """Values of the names with a prefix, by their path without it."""
    return {
        name.removeprefix(prefix): value for name, value in drawn.items() if name.startswith(prefix)
    }


def _drawn_table(drawn: Mapping[str, object]) -> pd.DataFrame:
    rows = [("drawn", name, "", value) for name, value in drawn.items()]
    return pd.DataFrame(rows, columns=COLUMNS)
