"""Record what a job read, did and wrote; the job itself does so when it ends."""

import json
import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from threadpoolctl import threadpool_limits

from welfare_added.run.commands import snakemake_command
from welfare_added.run.digests import described, digest
from welfare_added.run.environment import environment
from welfare_added.run.errors import AuditError
from welfare_added.run.fingerprint import statements
from welfare_added.run.logs import logged
from welfare_added.run.usage import cpu_seconds, peak_mb
from welfare_added.run.writing import as_json, write_text

RECORDS = "records"
JOB_NUMBERS = ("SLURM_JOB_ID",)


@dataclass
class Record:
    """A job's record while it runs.

    Attributes
    ----------
    origin
        A line for the metadata of figures: rule, and a digest of inputs, parameters and code.
    notes
        Further facts about the job, such as its solver and largest certified gap.

    """

    origin: str
    notes: dict[str, object] = field(default_factory=dict)


def record_path(log: str | Path) -> Path:
    """Path of a job's record, in the folder ``records`` beside that of its log."""
    log = Path(log)
    return log.parent.parent / RECORDS / f"{log.stem}.json"


def choices(params: Mapping) -> dict:
    """The parameters of a rule apart from its code's fingerprint."""
    return {name: value for name, value in params.items() if name != "code"}


@contextmanager
def job(snakemake) -> Iterator[Record]:
    """Send messages to the rule's log, and record the job if it ends well.

    Linear algebra runs on one thread, since the last digits of sums depend on their number.

    The record, ``records/<log's name>.json``, holds the rule, its parameters and code, every
    input's and output's SHA-256, time, memory, machine, packages and its own digest. The record of
    an earlier run is deleted first, so that a failed job has none; so are records of other rules
    that made the same files, as before a rule was renamed. Stops with an AuditError's message if an
    input's bytes differ from those that its job recorded.
    """
    with logged(snakemake.log[0]), threadpool_limits(1, user_api="blas"):
        path = record_path(snakemake.log[0])
        path.unlink(missing_ok=True)
        code = {module: statements(Path(module)) for module in snakemake.input.get("code", [])}
        inputs = described([name for name in snakemake.input if name not in code])
        others = _records(path.parent)
        _forget_superseded(others, {str(name) for name in snakemake.output})
        _refuse_edited(inputs, others)
        params = json.loads(json.dumps(dict(snakemake.params.items()), default=str))
        made_from = {"inputs": [one["sha256"] for one in inputs], "params": params}
        record = Record(f"{snakemake.rule}, made from {digest(made_from)[:16]}")
        started, clock = datetime.now(UTC), time.perf_counter()
        yield record
        content = {
            "rule": snakemake.rule,
            "paper": snakemake.config.get("paper"),
            "wildcards": dict(snakemake.wildcards.items()),
            "inputs": inputs,
            "outputs": described(list(snakemake.output)),
            "params": params,
            "code": code,
            "notes": record.notes,
            "origin": record.origin,
            "started": started.isoformat(timespec="milliseconds"),
            "ended": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "seconds": round(time.perf_counter() - clock, 3),
            **_used(),
            "environment": environment(),
        }
        content = json.loads(json.dumps(content))  # the digest is of the content as read back
        signed = {**content, "digest": digest(content)}
        write_text(as_json(signed), path)


def _records(folder: Path) -> dict[Path, dict]:
    """Records of the other jobs by path, without those of jobs that are running again."""
    found = {}
    for path in folder.glob("[!.]*.json"):
        with suppress(FileNotFoundError):
            found[path] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _forget_superseded(records: dict[Path, dict], outputs: set[str]) -> None:
    """Delete records of rules of an earlier version, since renamed, that made the same files."""
    for path, made in list(records.items()):
        if outputs & {one["path"] for one in made["outputs"]}:
            path.unlink(missing_ok=True)
            del records[path]


def _refuse_edited(inputs: list[dict], records: dict[Path, dict]) -> None:
    """Stop if an input was edited or truncated after its job wrote it."""
    recorded = {
        one["path"]: (one["sha256"], made) for made in records.values() for one in made["outputs"]
    }
    for one in inputs:
        sha, made = recorded.get(one["path"], (one["sha256"], {}))
        if sha != one["sha256"]:
            again = "--forcerun", made["rule"], "--", one["path"]
            raise AuditError(
                f"{one['path']}: edited or damaged, it is not as {made['rule']} left it. Make it "
                f"again: {snakemake_command(made.get('paper'), *again)}"
            )


def _used() -> dict[str, object]:
    """Processor time [s] and memory [MB] of this process and its children, and its host."""
    return {
        "cpu_seconds": round(cpu_seconds(), 3),
        "peak_mb": round(peak_mb(), 1),
        "host": socket.gethostname(),
        "process": os.getpid(),
        "job_id": next((os.environ[name] for name in JOB_NUMBERS if name in os.environ), None),
    }
