"""Hash every result again and compare it with the job records."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from welfare_added.run import folders
from welfare_added.run.commands import snakemake_command
from welfare_added.run.digests import sha256
from welfare_added.run.fingerprint import statements

VERIFIED = "verified"
EDITED = "edited"
MISSING = "missing"
STALE = "stale"
UNRECORDED = "unrecorded"
RESTRICTED = "needs restricted data"
WORST_FIRST = (EDITED, MISSING, STALE, UNRECORDED, RESTRICTED, VERIFIED)
EXIT_CODES = {VERIFIED: 0, EDITED: 1, MISSING: 2, STALE: 3, UNRECORDED: 4, RESTRICTED: 5}
JOB_FOLDERS = ("logs", "records")
PRIVATE = Path(folders.PRIVATE).name
AUDIT = "audit"
IGNORED = (Path(folders.KEY).name,)
REMAKE = "delete it, or let its rule make it"


@dataclass(frozen=True)
class Finding:
    """Verdict on a file.

    Attributes
    ----------
    path
        The file.
    verdict
        One of `WORST_FIRST`.
    reason
        Why, naming the first file in its history that differs; empty if verified.
    remedy
        The command that corrects it; empty if none is needed.

    """

    path: str
    verdict: str
    reason: str = ""
    remedy: str = ""


class Verification:
    """Compares the files of a manifest with what they are now."""

    def __init__(self, manifest: Mapping, root: Path, due: Mapping[str, str] | None = None):
        """Take the manifest; paths are relative to ``root``.

        due: files that Snakemake would make again, with its reason, such as a changed parameter.
        """
        self.jobs, self.files = manifest["jobs"], manifest["files"]
        self.paper = manifest["config"].get("paper")
        self.root, self.due = root, dict(due or {})
        self._judged: dict[str, Finding] = {}
        self._hashes: dict[str, str | None] = {}

    def findings(self) -> list[Finding]:
        """One per file of the manifest, in its order, then one per file that no job made."""
        recorded = [self.finding(path) for path in self.files]
        return recorded + [
            Finding(path, UNRECORDED, "no job's record explains it", REMAKE)
            for path in self.unrecorded
        ]

    def finding(self, path: str) -> Finding:
        """Verdict of one file of the manifest."""
        if path not in self._judged:
            self._judged[path] = self._judge(path)
        return self._judged[path]

    @cached_property
    def unrecorded(self) -> list[str]:
        """Files under results/ that are in no record and belong to no recorded job."""
        stems = {Path(record).stem for record in self.jobs}
        names = []
        for path in sorted((self.root / "results").rglob("*")):
            name = path.relative_to(self.root).as_posix()
            study, *rest = path.relative_to(self.root / "results").parts
            if study == PRIVATE and rest:
                study, *rest = rest
            of_a_job = bool(rest) and rest[0] in JOB_FOLDERS and path.stem in stems
            of_a_job |= rest[:1] == [AUDIT]
            if path.is_file() and name not in self.files and study not in IGNORED and not of_a_job:
                names.append(name)
        return [name for name in names if name != "results/README.md"]

    def _judge(self, path: str) -> Finding:
        entry = self.files[path]
        now = self._now(path)
        if entry["job"] is None:
            return self._source(path, entry["sha256"], now)
        job = self.jobs[entry["job"]]
        rule, paper = job["rule"], job.get("paper")
        remake = snakemake_command(paper, "--forcerun", rule, "--", path)
        if now is None:
            return Finding(path, MISSING, f"made by {rule}, and gone", remake)
        if now != entry["sha256"]:
            return Finding(path, EDITED, f"not as {rule} left it", remake)
        reason = self._changed(job, path)
        if reason:
            return Finding(path, STALE, reason, snakemake_command(paper, "--", path))
        return self._inherited(path, job)

    def _source(self, path: str, then: str, now: str | None) -> Finding:
        if path.startswith("results/"):
            return Finding(path, UNRECORDED, "a result that no job's record explains", REMAKE)
        if now is None:
            return Finding(path, RESTRICTED, "a source that is not here", "ask its owner for it")
        if now != then:
            return Finding(path, STALE, "a source that has changed since it was used")
        return Finding(path, VERIFIED)

    def _changed(self, job: Mapping, path: str) -> str:
        """Code, input or parameter of a job that has changed; empty if none has."""
        modules = [name for name, sha in job["code"].items() if self._statements(name) != sha]
        if modules:
            return f"the code of {job['rule']} has changed: {', '.join(modules)}"
        for one in job["inputs"]:
            now = self._now(one["path"])
            if now not in (None, one["sha256"]):
                made_by = self.files[one["path"]]["job"]
                first = self.finding(one["path"])
                if made_by is None or first.verdict == VERIFIED:
                    return f"{one['path']} has changed since {job['rule']} read it"
                return f"rests on {one['path']}: {first.reason}"
        if path in self.due:
            return f"Snakemake: {self.due[path]}"
        return ""

    def _inherited(self, path: str, job: Mapping) -> Finding:
        """Finding that follows from the worst of a file's inputs."""
        above = [self.finding(one["path"]) for one in job["inputs"]]
        worst = min(above, key=lambda f: WORST_FIRST.index(f.verdict), default=None)
        if worst is None or worst.verdict == VERIFIED:
            return Finding(path, VERIFIED)
        if worst.verdict == RESTRICTED:
            return Finding(path, RESTRICTED, _resting(worst), worst.remedy)
        return Finding(path, STALE, _resting(worst), worst.remedy)

    def _now(self, path: str) -> str | None:
        """SHA-256 of a file now; None if it does not exist."""
        if path not in self._hashes:
            file = self.root / path
            self._hashes[path] = sha256(file) if file.is_file() else None
        return self._hashes[path]

    def _statements(self, module: str) -> str | None:
        file = self.root / module
        return statements(file) if file.is_file() else None


def _resting(finding: Finding) -> str:
    """Reason that names the first file in the history that differs."""
    if finding.reason.startswith("rests on "):
        return finding.reason
    return f"rests on {finding.path}: {finding.reason}"


def worst(findings: list[Finding]) -> str:
    """The worst verdict among some findings; verified where there are none."""
    verdicts = [finding.verdict for finding in findings] or [VERIFIED]
    return min(verdicts, key=WORST_FIRST.index)
