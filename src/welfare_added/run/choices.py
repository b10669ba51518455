"""Read the configuration (the user's choices), merge it and check it against the schemas."""

import copy
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from welfare_added.run.digests import digest
from welfare_added.run.errors import UserError
from welfare_added.run.parsed import cached
from welfare_added.run.repeated import repeated_keys

SHARED_SCHEMA = "workflow/schemas/config.schema.json"
PAPERS = "workflow/papers"
PLACEHOLDER = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)+)(:[^}]*)?\}")


class ConfigError(UserError):
    """A choice in config.yaml that is not allowed."""


def read_yaml(path: Path | str) -> dict:
    """Content of a YAML file, read by the fast C parser where it is installed."""
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
    """Configuration of a run without further options.

    paper: overrides the paper that config.yaml names. Raises ConfigError as `paper_folder` does.
    """
    shared = read_yaml(root / "config.yaml")
    shared["paper"] = paper or shared["paper"]
    return completed(
        overridden(read_yaml(paper_folder(root, shared["paper"]) / "config.yaml"), shared)
    )


def completed(config: dict) -> dict:
    """Configuration with defaults filled in: a study without a name has the paper's name."""
    return {**config, "study": config["study"] or config["paper"]}


def check(config: dict, root: Path, raw_columns: Mapping[str, Sequence[str]]) -> None:
    """Refuse a configuration that the schemas of the project and of its paper do not allow.

    Parameters
    ----------
    config
        The configuration.
    root
        The project's folder.
    raw_columns
        Columns of the paper's raw tables, by table: those that district.columns may map.

    Raises
    ------
    ConfigError
        One line per problem: the key, its value and what is allowed; a key that config.yaml or
        the paper's config.yaml sets twice.

    """
    _refuse(list(_unquoted_codes(config)))
    schemas = (root / SHARED_SCHEMA, paper_folder(root, config["paper"]) / "config.schema.json")
    name = f"choices {digest([config, raw_columns])}"
    files = [root / "config.yaml", schemas[1].with_name("config.yaml")]
    files = [path for path in files if path.is_file()]
    repeated = cached("keys", lambda: [x for path in files for x in repeated_keys(path)], *files)
    wrong = cached(name, lambda: _faults(config, schemas, raw_columns), *schemas)
    _refuse([*repeated, *wrong] or list(_contradictions(config)))


def _refuse(problems: Sequence[str]) -> None:
    if problems:
        raise ConfigError("config.yaml cannot be used:\n" + "\n".join(f"- {p}" for p in problems))


def _unquoted_codes(config: Mapping) -> Iterator[str]:
    """Codes of district.recode that YAML does not read as text, such as 999 and no."""
    for path, codes in _mappings(config.get("district"), "recode", depth=2):
        for code in codes:
            if not isinstance(code, str):
                yield (
                    f"district.{path}: YAML reads the code {code!r} as {type(code).__name__}, "
                    "not as text; write it in quotes"
                )


def _mappings(inside: object, key: str, depth: int) -> Iterator[tuple[str, Mapping]]:
    """Mappings so many levels below a key, by dotted path; what is of another kind is left out."""
    found = inside.get(key) if isinstance(inside, Mapping) else None
    if isinstance(found, Mapping) and depth == 0:
        yield key, found
    elif isinstance(found, Mapping):
        for below in found:
            for path, mapping in _mappings(found, below, depth - 1):
                yield f"{key}.{path}", mapping


def _faults(
    config: dict, schemas: tuple[Path, Path], raw_columns: Mapping[str, Sequence[str]]
) -> list[str]:
    from welfare_added.run.schema import faults  # slow to load, rarely needed

    return faults(config, _schema(*schemas, raw_columns))


def _schema(shared: Path, own: Path, raw_columns: Mapping[str, Sequence[str]]) -> dict:
    """Schema of the shared choices, with the paper's own added in every section."""
    common, papers_own = (json.loads(path.read_text(encoding="utf-8")) for path in (shared, own))
    return _joined(_joined(common, _column_map(raw_columns)), papers_own)


def _column_map(raw_columns: Mapping[str, Sequence[str]]) -> dict:
    """Schema of district.columns and district.recode; empty without raw tables."""
    if not raw_columns:
        return {}
    codes = {
        "type": "object",
        "additionalProperties": {"type": ["string", "number", "null"]},
        "description": "what a text stands for, null for missing; quote what YAML reads otherwise",
    }
    columns = _by_column(raw_columns, {"$ref": "#/$defs/column"}) | {
        "description": "the user's own names, by table and the column's name in docs/raw_tables.md"
    }
    recode = _by_column(raw_columns, codes) | {
        "description": "the user's own codes, by table and the column's name in docs/raw_tables.md"
    }
    properties = {"columns": columns, "recode": recode}
    section = {"required": list(properties), "properties": properties}
    return {"properties": {"district": section}}


def _by_column(raw_columns: Mapping[str, Sequence[str]], allowed: dict) -> dict:
    """Schema of something for every column, by table."""
    closed = {"type": "object", "additionalProperties": False}
    tables = {
        table: {**closed, "properties": dict.fromkeys(columns, allowed)}
        for table, columns in raw_columns.items()
    }
    return {**closed, "properties": tables}


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
    """Value of a choice by its dotted path, as welfare.tax_rate or allocation.ces_gammas.0.

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


def flat(config: object, above: str = "") -> dict[str, object]:
    """Values of all choices by dotted path; a list is one value."""
    if not isinstance(config, Mapping):
        return {above: config}
    return {
        path: value
        for key, inner in config.items()
        for path, value in flat(inner, f"{above}.{key}" if above else str(key)).items()
    }


def filled(text: str, config: Mapping) -> str:
    """Text with each {section.key} or {section.key:format} replaced by that choice."""
    return PLACEHOLDER.sub(lambda m: format(choice(config, m[1]), (m[2] or ":")[1:]), text)


def restricted(config: Mapping) -> bool:
    """Whether records are confidential: disclosure.restricted; if null, unless synthetic."""
    chosen = config["disclosure"]["restricted"]
    return config["district"]["source"] != "synthetic" if chosen is None else chosen


def one_district(config: dict, name: str, folder: str) -> dict:
    """Configuration of one of several districts, which is a study of its own.

    Parameters
    ----------
    name
        Of the district; the seed of a synthetic one is derived from it.
    folder
        Folder that holds the districts' folders of raw tables.

    Returns
    -------
    dict
        Configuration; ``partition`` is the CSV that lists the districts, if tables were split.

    """
    synthetic = config["district"]["source"] == "synthetic"
    changes = {
        "source": "synthetic" if synthetic else f"{folder}/{name}",
        "seed": config["district"]["seed"] + zlib.crc32(name.encode()),
        "name": name,
    }
    own = overridden(config, {"study": f"{config['study']}_{name}", "district": changes})
    parts = f"{folder}.csv" if config["partition"] else None
    return {**own, "districts": [name], "partition": parts}


def _contradictions(config: dict) -> Iterator[str]:
    """Problems of choices that are allowed alone but not together."""
    if config.get("partition") and config["district"]["source"] == "synthetic":
        yield (
            "partition: only your own tables can be split; name several synthetic districts in "
            "districts, or set district.source to a folder of tables"
        )
    if config["district"]["source"] == "synthetic" and len(config["district"].get("years", ())) > 2:
        yield (
            "district.years: the synthetic district has all years from the first to the last; "
            "name these two"
        )
