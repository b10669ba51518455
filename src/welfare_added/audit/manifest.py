"""The manifest: all job records of a run, with its configuration, packages and commit."""

import json
import subprocess
from pathlib import Path

from welfare_added.run import folders
from welfare_added.run.commands import snakemake_command
from welfare_added.run.digests import digest, sha256
from welfare_added.run.environment import distributions, locked, version_differences
from welfare_added.run.errors import AuditError
from welfare_added.run.job import RECORDS

FORMAT = 1
PRIVATE = Path(folders.PRIVATE)


def read_records(results: Path, study: str | None = None) -> dict[str, dict]:
    """Job records under a folder of results, sorted by path; of one study if given.

    Raises AuditError naming a record that is not JSON or was edited.
    """
    records = {}
    of = study or "*"
    of_studies = (f"{of}/{RECORDS}/[!.]*.json", f"{PRIVATE.name}/{of}/{RECORDS}/[!.]*.json")
    for path in sorted(path for pattern in of_studies for path in results.glob(pattern)):
        try:
            records[path.as_posix()] = dict(json.loads(path.read_text(encoding="utf-8")))
        except (TypeError, ValueError) as error:
            raise AuditError(
                f"{path}: not a job's record ({error}). Delete it and remake what its rule makes."
            ) from None
        _refuse_edited(path, records[path.as_posix()])
    return records


def _refuse_edited(path: Path, record: dict) -> None:
    """Stop if a record's content differs from the digest that it holds."""
    recorded = record.pop("digest", None)
    if recorded != digest(record):
        rule = record.get("rule", "its rule")
        raise AuditError(
            f"{path}: edited or damaged, it is not as {rule} left it. Make it again: "
            f"{snakemake_command(record.get('paper'), '--forcerun', rule)}"
        )


def manifest(results: Path, root: Path, config: dict, study: str | None = None) -> dict:
    """Combine the records of all jobs.

    Parameters
    ----------
    results
        The folder of all studies.
    root
        The project, with its lock file and, if it is one, its repository.
    config
        The choices in force, overrides included.
    study
        The study whose jobs are included; all if not given.

    Returns
    -------
    dict
        format, project, config, lock, environments by digest, jobs by record, and files: for each
        its SHA-256, bytes and the record of the job that made it, or None for a source.

    """
    records = read_records(results, study)
    environments, jobs, files = {}, {}, {}
    for path, record in records.items():
        where = record["environment"]
        environments[digest(where)[:16]] = where
        jobs[path] = {**record, "environment": digest(where)[:16]}
        files |= {one["path"]: {**one, "job": path} for one in record["outputs"]}
    for record in records.values():
        for one in record["inputs"]:
            files.setdefault(one["path"], {**one, "job": None})
    lock = root / "requirements.lock"
    return {
        "format": FORMAT,
        "project": repository(root),
        "config": config,
        "lock": {
            "path": lock.name,
            "sha256": sha256(lock),
            "differences": version_differences(distributions(), locked(lock)),
        },
        "environments": environments,
        "jobs": jobs,
        "files": {path: files[path] for path in sorted(files)},
    }


def run_of(made: dict) -> dict[str, object]:
    """Commit, its date, whether there were further changes, and machines of a manifest's run."""
    project = made["project"]
    machines = {
        f"{one['processor']} ({one['machine']}, {one['processors']} processors), {one['system']}, "
        f"{one['implementation']} {one['python']}"
        for one in made["environments"].values()
    }
    return {
        "commit": project.get("commit", ""),
        "date": project.get("date", ""),
        "changed": bool(project.get("changed")),
        "machines": sorted(machines),
    }


def repository(root: Path) -> dict[str, object]:
    """Commit of the project, its date and uncommitted changes; empty without a git repository."""
    commit = _git(root, "rev-parse", "HEAD")
    if commit is None:
        return {}
    changed = _git(root, "status", "--porcelain") or ""
    difference = _git(root, "diff", "HEAD") or ""
    return {
        "commit": commit.strip(),
        "date": (_git(root, "log", "-1", "--format=%cs") or "").strip(),
        "changed": sorted(line[3:] for line in changed.splitlines()),
        "difference": digest(difference) if difference else None,
    }


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None
