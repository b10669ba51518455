"""Provenance of published files, down to the sources, without confidential names."""

import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from welfare_added.district.table_files import TableFiles
from welfare_added.district.text_tables import all_named, header, row_count
from welfare_added.run.choices import choice

FORMAT = 1
JOB_KEYS = (
    "rule",
    "wildcards",
    "environment",
    "started",
    "ended",
    "seconds",
    "cpu_seconds",
    "peak_mb",
)
CONFIDENTIAL = "confidential"


def history(
    manifest: Mapping,
    published: Iterable[str],
    private: str,
    key: bytes | None,
    tables: Collection[str],
    choices: Mapping[str, Sequence[str]],
) -> dict[str, object]:
    """Publishable record of how published files were made.

    Parameters as in `lineage`, and ``choices``, those that may be published (from
    `published_choices`); returns format, study, commit, choices, lock, environments, and
    the lineage's files and jobs.
    """
    return {
        "format": FORMAT,
        "study": manifest["config"]["study"],
        "commit": manifest["project"].get("commit"),
        "choices": _choices(manifest["config"], **choices),
        "lock": manifest["lock"],
        "environments": manifest["environments"],
        **lineage(manifest, published, private, key, tables),
    }


def lineage(
    manifest: Mapping,
    published: Iterable[str],
    private: str,
    key: bytes | None,
    tables: Collection[str],
) -> dict[str, dict]:
    """Jobs and files behind published files, down to the sources.

    Parameters
    ----------
    manifest
        As `audit.manifest.manifest` makes it.
    published
        Files that may be published.
    private
        Folder of what is not published.
    key
        Secret key of the digests of unpublished files, so that no guess of their content can be
        confirmed; None if the records are not confidential.
    tables
        Names of the raw tables, which are told; other confidential sources have no name.

    Returns
    -------
    dict
        files: by name below results/ their SHA-256 or keyed digest, and the job that made them;
        jobs: rule, code, time, memory, inputs and outputs by those names. Only what the published
        files were made from.

    """
    shown = frozenset(published)
    jobs, files = manifest["jobs"], manifest["files"]
    kept = _ancestors(shown, jobs, files)
    names = {
        one["path"]: _name(one["path"], shown, private, key, tables)
        for job in kept
        for one in (*jobs[job]["inputs"], *jobs[job]["outputs"])
    }
    return {
        "files": {
            name: {**_digest(files[path]["sha256"], name, key), "job": job_name(files[path]["job"])}
            for path, name in sorted(names.items())
        },
        "jobs": {job_name(path): _job_entry(jobs[path], names) for path in sorted(kept)},
    }


def sources(
    tables: Mapping[str, Path | str | Iterable[Path | str]],
    columns: Mapping[str, Sequence[str]],
    names: Mapping[str, Mapping[str, str]],
    base: int,
) -> dict[str, dict]:
    """Schema and rounded number of rows of confidential raw tables, by table.

    Parameters
    ----------
    tables
        File, or files, of each table.
    columns
        Our names of the columns by table.
    names
        The user's own names of columns (district.columns).
    base
        Numbers of rows are rounded to its multiples.

    """
    summaries = {}
    for table, files in tables.items():
        paths, own = TableFiles.of(files).paths, names.get(table, {})
        there = all_named(map(header, paths))
        present = [name for name in columns[table] if own.get(name, name) in there]
        rows = sum(map(row_count, paths))
        summaries[table] = {"columns": present, "rows": round(rows / base) * base}
    return summaries


def _ancestors(shown: frozenset[str], jobs: Mapping, files: Mapping) -> set[str]:
    """Records of all jobs behind some files."""
    records: set[str] = set()
    waiting = [files[path]["job"] for path in shown]
    while waiting:
        job = waiting.pop()
        if job is not None and job not in records:
            records.add(job)
            waiting += [files[one["path"]]["job"] for one in jobs[job]["inputs"]]
    return records


def _job_entry(job: Mapping, names: Mapping[str, str]) -> dict[str, object]:
    return {
        **{key: job[key] for key in JOB_KEYS},
        "code": job["params"].get("code"),
        "inputs": [names[one["path"]] for one in job["inputs"]],
        "outputs": [names[one["path"]] for one in job["outputs"]],
    }


def job_name(record: str | None) -> str | None:
    """Study and name of a job, from the path of its record."""
    if record is None:
        return None
    path = Path(record)
    return f"{path.parent.parent.name}/{path.stem}"


def _name(
    path: str, shown: frozenset[str], private: str, key: bytes | None, tables: Collection[str]
) -> str:
    """Name of a file: its path below results/, or a neutral name if its path is confidential."""
    if path in shown or path.startswith("workflow/") or key is None:
        return path.removeprefix("results/")
    if Path(path).is_relative_to(private):
        return f"{CONFIDENTIAL}/{Path(path).relative_to(private).as_posix()}"
    stem = Path(path).stem
    return f"{CONFIDENTIAL}/source/{stem if stem in tables else 'other'}"


def _digest(sha256: str, name: str, key: bytes | None) -> dict[str, str]:
    if key is None or not name.startswith(f"{CONFIDENTIAL}/"):
        return {"sha256": sha256}
    return {"keyed_digest": hmac.new(key, sha256.encode(), "sha256").hexdigest()}


def _choices(config: Mapping, shown: Sequence[str], hidden: Sequence[str] = ()) -> dict:
    """Choices that reveal neither where the records are nor their column names.

    shown: sections, or keys of a section as district.years. hidden: keys left out everywhere.
    """
    chosen: dict = {}
    for path in shown:
        *sections, last = path.split(".")
        inside = chosen
        for section in sections:
            inside = inside.setdefault(section, {})
        inside[last] = _without(choice(config, path), hidden)
    return chosen


def _without(value: object, hidden: Sequence[str]) -> object:
    if not isinstance(value, Mapping):
        return value
    return {key: _without(inner, hidden) for key, inner in value.items() if key not in hidden}
