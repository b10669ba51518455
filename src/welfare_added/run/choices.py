"""The user's choices: read, merged, checked against the schemas."""

import copy
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator, ValidationError, validators

from welfare_added.run.errors import UserError

SHARED_SCHEMA = "workflow/schemas/config.schema.json"
PAPERS = "workflow/papers"
PLACE = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)+)(:[^}]*)?\}")


class ConfigError(UserError):
    """A choice in config.yaml that cannot be followed."""


def read_yaml(path: Path | str) -> dict:
    """Content of a YAML file, by the compiled reader."""
    with Path(path).open(encoding="utf-8") as stream:
        return yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def papers(root: Path) -> list[str]:
    """Papers that the project reproduces, sorted: the folders of workflow/papers."""
    return sorted(path.parent.name for path in root.glob(f"{PAPERS}/*/config.yaml"))


def paper_folder(root: Path, paper: object) -> Path:
    """Folder of a paper; raises ConfigError naming the papers there are."""
    if paper not in papers(root):
        raise ConfigError(
            f"config.yaml cannot be used:\n- paper: {paper!r} is not one of "
            f"{', '.join(papers(root))}"
        )
    return root / PAPERS / paper


def read_config(root: Path, paper: str | None = None) -> dict:
    """The choices of a project's folder as a run without further options has them.

    paper: another than that of config.yaml. Raises ConfigError as `paper_folder` does.
    """
    shared = read_yaml(root / "config.yaml")
    shared["paper"] = paper or shared["paper"]
    return completed(
        overridden(read_yaml(paper_folder(root, shared["paper"]) / "config.yaml"), shared)
    )


def completed(config: dict) -> dict:
    """Choices with what follows from others: the study's name, if none is given, is the paper's."""
    return {**config, "study": config["study"] or config["paper"]}


def check(config: dict, root: Path) -> None:
    """Refuse a configuration that the schemas of the project and of its paper do not allow.

    Raises
    ------
    ConfigError
        One line a problem: the key, what stands there, what would be right.

    """
    validator = VALIDATOR(schema_of(root, config["paper"]))
    errors = sorted(validator.iter_errors(config), key=lambda e: [str(part) for part in e.path])
    problems = [_explain(error) for error in errors] or list(_contradictions(config))
    if problems:
        raise ConfigError("config.yaml cannot be used:\n" + "\n".join(f"- {p}" for p in problems))


def schema_of(root: Path, paper: str) -> dict:
    """Schema of all choices: the shared ones, and in every section those that the paper adds."""
    files = (root / SHARED_SCHEMA, paper_folder(root, paper) / "config.schema.json")
    shared, own = (json.loads(path.read_text(encoding="utf-8")) for path in files)
    return _joined(shared, own)


def _joined(one: dict, other: dict) -> dict:
    joined = {**one, **other}
    for key in one.keys() & other.keys():
        if isinstance(one[key], dict):
            joined[key] = _joined(one[key], other[key])
        elif key == "required":
            joined[key] = [*one[key], *other[key]]
    return joined


def overridden(config: dict, changes: dict) -> dict:
    """Merge nested ``changes`` into a copy of ``config``."""
    merged = copy.deepcopy({k: v for k, v in config.items() if v is not changes})
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = overridden(merged[key], value)
        else:
            merged[key] = copy.deepcopy(value)
    return merged


def choice(config: Mapping, path: str) -> object:
    """A choice by its dotted path, as welfare.tax_rate or allocation.ces_gammas.0.

    Raises
    ------
    ConfigError
        If there is no such key.

    """
    value: object = config
    for key in path.split("."):
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]
        except (KeyError, IndexError, TypeError, ValueError):
            raise ConfigError(f"config.yaml has no key {path!r}") from None
    return value


def filled(text: str, config: Mapping) -> str:
    """A text with each {section.key} or {section.key:format} replaced by that choice."""
    return PLACE.sub(lambda m: format(choice(config, m[1]), (m[2] or ":")[1:]), text)


def restricted(config: Mapping) -> bool:
    """Whether the records are confidential: as config.yaml says, else all but synthetic ones."""
    chosen = config["disclosure"]["restricted"]
    return config["district"]["source"] != "synthetic" if chosen is None else chosen


def one_district(config: dict, name: str, folder: str) -> dict:
    """Choices for one of several districts: a study of its own.

    Parameters
    ----------
    name
        Of the district; a synthetic one has a seed that follows from it.
    folder
        Holds a folder of raw tables by that name.

    Returns
    -------
    dict
        Choices; ``partition`` is the list of parts, if the tables were cut.

    """
    synthetic = config["district"]["source"] == "synthetic"
    changes = {
        "source": "synthetic" if synthetic else f"{folder}/{name}",
        "seed": config["district"]["seed"] + zlib.crc32(name.encode()),
        "name": name,
    }
    found = overridden(config, {"study": f"{config['study']}_{name}", "district": changes})
    cut = f"{folder}.csv" if config["partition"] else None
    return {**found, "districts": [name], "partition": cut}


def _explain(error) -> str:
    place = ".".join(str(part) for part in error.path) or "the top level"
    wanted = error.schema.get("description") if isinstance(error.schema, dict) else None
    if error.validator == "additionalProperties":
        allowed = ", ".join(error.schema["properties"])
        unknown = sorted(set(error.instance) - set(error.schema["properties"]))
        return f"{place}: unknown key {', '.join(unknown)}; known keys are {allowed}"
    if error.validator == "required":
        missing = sorted(set(error.schema["required"]) - set(error.instance))
        return f"{place}: missing key {', '.join(missing)}"
    if error.validator == "enum":
        allowed = ", ".join(str(value) for value in error.schema["enum"])
        return f"{place}: {error.instance!r} is not one of {allowed}"
    if error.validator == "not":
        return f"{place}: {error.instance!r} is not allowed; wanted: {wanted}"
    return f"{place}: {error.message}" + (f"; wanted: {wanted}" if wanted else "")


def _contradictions(config: dict) -> Iterator[str]:
    """Choices that are allowed one by one but not together."""
    if config.get("partition") and config["district"]["source"] == "synthetic":
        yield (
            "partition: the synthetic district is made whole; name several in districts, or set "
            "district.source to a folder of tables"
        )


def _ascending(_validator, _wanted, value, _schema) -> Iterator[ValidationError]:
    """Keyword ``ascending`` of our schemas: a list of numbers, the smaller first."""
    if _numbers(value) and value != sorted(value):
        pair = f"{value[0]} comes after {value[-1]}; write the smaller one first"
        yield ValidationError(pair if len(value) == 2 else f"{value} is not in ascending order")


def _grid(_validator, _wanted, value, _schema) -> Iterator[ValidationError]:
    """Keyword ``grid`` of our schemas: first and last number, and a step above zero."""
    if _numbers(value) and len(value) == 3 and (value[0] > value[1] or value[2] <= 0):
        yield ValidationError("wanted first, last and a step above zero, as 0.0, 4.9, 0.1")


def _numbers(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, int | float) for one in value)


VALIDATOR = validators.extend(Draft202012Validator, {"ascending": _ascending, "grid": _grid})
