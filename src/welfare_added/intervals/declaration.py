"""Read intervals.yaml: worlds to draw, parameters that vary, choices compared, numbers shown."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from welfare_added.run.choices import read_yaml
from welfare_added.run.errors import UserError
from welfare_added.run.schema import faults

READINGS = ("fixed", "searched")
WHOLE = ("seed", "worlds", "weights", "score_steps", "choice_worlds", "correlation_worlds")


class IntervalsError(UserError):
    """A declaration of intervals that cannot be used, or kept intervals that do not fit it."""


@dataclass(frozen=True)
class Drawn:
    """A parameter that no published input pins down, drawn uniformly.

    Attributes
    ----------
    name
        Its dotted path: ``parameters.`` and that of the parameter file, or ``config.`` and that of
        the configuration.
    low, high
        Ends of its admissible range.
    whole
        Whether only whole numbers are drawn, both ends included.
    values
        Or the values, each equally likely.
    source
        Where the range is from.

    """

    name: str
    source: str
    low: float = 0.0
    high: float = 0.0
    whole: bool = False
    values: tuple[object, ...] = ()

    def draw(self, random: np.random.Generator) -> object:
        """One value."""
        if self.values:
            return self.values[int(random.integers(len(self.values)))]
        if self.whole:
            return int(random.integers(int(self.low), int(self.high), endpoint=True))
        return round(float(random.uniform(self.low, self.high)), 6)


@dataclass(frozen=True)
class Choice:
    """One open choice changed, all others as they are.

    Attributes
    ----------
    name, label
        In tables, and in words.
    parameters, config
        Nested changes.
    searched
        Whether the district is another, so that its parameters are searched again.
    source
        Where it is from.

    """

    name: str
    label: str
    parameters: Mapping
    config: Mapping
    searched: bool
    source: str


@dataclass(frozen=True)
class Headline:
    """A number by which the effects of choices are shown; ``answer`` as in claims.yaml."""

    name: str
    label: str
    unit: str
    answer: Mapping


@dataclass(frozen=True)
class Declaration:
    """Content of intervals.yaml; ``indifferent``: choices on which no answer depends."""

    seed: int
    worlds: int
    weights: int
    score_steps: int
    drawn: tuple[Drawn, ...]
    choice_worlds: int
    choices: tuple[Choice, ...]
    headlines: tuple[Headline, ...]
    indifferent: tuple[str, ...]
    correlation_worlds: int
    correlations: tuple[float, ...]

    def choice(self, name: str) -> Choice:
        """The choice of a name."""
        return next(one for one in self.choices if one.name == name)


def read(path: Path | str, schema: Path | str) -> Declaration:
    """Read and check intervals.yaml.

    Raises
    ------
    IntervalsError
        With all faults: the key, its value and what is allowed; names that are used twice.

    """
    content = read_yaml(path)
    wrong = faults(content, json.loads(Path(schema).read_text(encoding="utf-8")))
    wrong = wrong or _repeated(content)
    if wrong:
        raise IntervalsError(f"{Path(path).name}: " + "\n".join(wrong))
    return Declaration(
        **{key: content[key] for key in WHOLE},
        drawn=tuple(_drawn(name, one) for name, one in content["drawn"].items()),
        choices=tuple(_choice(name, one) for name, one in content["choices"].items()),
        headlines=tuple(Headline(name, **one) for name, one in content["headlines"].items()),
        indifferent=tuple(content["indifferent"]),
        correlations=tuple(content["correlations"]),
    )


def _drawn(name: str, entry: Mapping) -> Drawn:
    if "values" in entry:
        return Drawn(name, entry["source"], values=tuple(entry["values"]))
    low, high = entry["range"]
    return Drawn(name, entry["source"], low, high, entry.get("whole", False))


def _choice(name: str, entry: Mapping) -> Choice:
    changes = {key: entry.get(key, {}) for key in ("parameters", "config")}
    searched = entry.get("searched", bool(changes["parameters"]))
    return Choice(name, entry["label"], **changes, searched=searched, source=entry["source"])


def _repeated(content: Mapping) -> list[str]:
    return [
        f"drawn.{name}: the first of the range must be below the second"
        for name, one in content["drawn"].items()
        if "range" in one and not one["range"][0] < one["range"][1]
    ]


def changed(nested: Mapping, changes: Mapping, where: str) -> dict:
    """Copy of nested choices or parameters with ``changes``, whose keys must all exist.

    Raises
    ------
    IntervalsError
        Naming the key that ``where`` does not have.

    """
    result = dict(nested)
    for key, value in changes.items():
        if key not in result:
            known = ", ".join(map(str, nested))
            raise IntervalsError(f"intervals.yaml: {where} has no key {key!r}; it has: {known}")
        inside = isinstance(result[key], Mapping) and isinstance(value, Mapping)
        result[key] = changed(result[key], value, f"{where}.{key}") if inside else value
    return result


def at_path(path: str, value: object) -> dict:
    """Nested dictionaries that hold one value at a dotted path."""
    first, _, rest = path.partition(".")
    return {first: at_path(rest, value) if rest else value}


def all_changed(nested: Mapping, paths: Mapping[str, object], where: str) -> dict:
    """Copy of nested choices or parameters with the values of dotted paths, as `changed`."""
    apply = partial(changed, where=where)
    for path, value in paths.items():
        nested = apply(nested, at_path(path, value))
    return dict(nested)
