"""The user's choices: checked against the schema, with overrides merged."""

import copy
import json
import zlib
from pathlib import Path

from jsonschema import Draft202012Validator

# Of a study of confidential records: what is not published; everything else under results/ is.
PRIVATE = "results/private"


class ConfigError(ValueError):
    """A choice in config.yaml that cannot be followed."""


def check(config: dict, schema: Path) -> None:
    """Refuse a configuration that the schema does not allow.

    Raises
    ------
    ConfigError
        One line a problem: the key, what stands there, what would be right.

    """
    validator = Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))
    errors = sorted(validator.iter_errors(config), key=lambda e: [str(part) for part in e.path])
    problems = [_explain(error) for error in errors]
    if not problems:
        problems = list(_contradictions(config))
    if problems:
        raise ConfigError("config.yaml cannot be used:\n" + "\n".join(f"- {p}" for p in problems))


def overridden(config: dict, changes: dict) -> dict:
    """Merge nested ``changes`` into a copy of ``config``."""
    merged = copy.deepcopy({k: v for k, v in config.items() if v is not changes})
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = overridden(merged[key], value)
        else:
            merged[key] = copy.deepcopy(value)
    return merged


def restricted(config: dict) -> bool:
    """Whether the records are confidential: as config.yaml says, else all but synthetic ones."""
    said = config["disclosure"]["restricted"]
    return config["district"]["source"] != "synthetic" if said is None else said


def private_folder(study: str, restricted: bool) -> str:
    """Where a study keeps what is not published: with the rest where nothing is confidential."""
    return f"{PRIVATE}/{study}" if restricted else f"results/{study}"


def one_district(config: dict, name: str, folder: str) -> dict:
    """Choices for one of several districts: a study of its own, which keeps its name in a list.

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


def audit_folder(config: dict) -> str:
    """Where manifest and verdicts are: with what is private where records are confidential.

    Each of several districts has an audit of its own.
    """
    if config["districts"]:
        return f"{private_folder(config['study'], restricted(config))}/audit"
    return f"{PRIVATE}/audit" if restricted(config) else "results/audit"


def _explain(error) -> str:
    place = ".".join(str(part) for part in error.path) or "the top level"
    wanted = error.schema.get("description") if isinstance(error.schema, dict) else None
    if error.validator == "additionalProperties":
        known = ", ".join(error.schema["properties"])
        unknown = sorted(set(error.instance) - set(error.schema["properties"]))
        return f"{place}: unknown key {', '.join(unknown)}; known keys are {known}"
    if error.validator == "required":
        missing = sorted(set(error.schema["required"]) - set(error.instance))
        return f"{place}: missing key {', '.join(missing)}"
    if error.validator == "enum":
        known = ", ".join(str(value) for value in error.schema["enum"])
        return f"{place}: {error.instance!r} is not one of {known}"
    if error.validator == "not":
        return f"{place}: {error.instance!r} is not allowed; wanted: {wanted}"
    return f"{place}: {error.message}" + (f"; wanted: {wanted}" if wanted else "")


def _contradictions(config: dict):
    if config["partition"] and config["district"]["source"] == "synthetic":
        yield (
            "partition: the synthetic district is made whole; name several in districts, or set "
            "district.source to a folder of tables"
        )
    for path in ("district.years", "constrained.years", "welfare.working_ages", "welfare.bonuses"):
        section, key = path.split(".")
        first, last = config[section][key] or (0, 0)
        if first > last:
            yield f"{path}: {first} comes after {last}; write the smaller one first"
    grades = config["district"]["grades"]
    if grades != sorted(grades):
        yield f"district.grades: {grades} is not in ascending order"
    first, last, step = config["allocation"]["ces_gammas"]
    if first > last or step <= 0:
        yield "allocation.ces_gammas: wanted first, last and a step above zero, as 0.0, 4.9, 0.1"
