"""Re-hash every result and say which can be trusted, which cannot, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from welfare_added.run import folders
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
OF_JOBS = ("logs", "records")
PRIVATE = Path(folders.PRIVATE).name
AUDIT = "audit"
OURS = (Path(folders.KEY).name,)
REMAKE = "delete it, or let its rule make it"


@dataclass(frozen=True)
class Finding:
    """What became of a file.

    Attributes
    ----------
    path
        The file.
    verdict
        One of `WORST_FIRST`.
    reason
        Why, naming the first ancestor that differs; empty where it is verified.
    remedy
        The command that makes it right; empty where none is needed.

    """

    path: str
    verdict: str
    reason: str = ""
    remedy: str = ""


class Verification:
    """Compares the files of a manifest with what they are now."""

    def __init__(self, manifest: Mapping, root: Path, due: Mapping[str, str] | None = None):
        """Take the manifest; paths are relative to ``root``.

        due: files that Snakemake would make anew, and why (its own words), such as a changed
        parameter, which only the workflow can tell.
        """
        self.jobs, self.files = manifest["jobs"], manifest["files"]
        self.root, self.due = root, dict(due or {})
        self._found: dict[str, Finding] = {}
        self._hashes: dict[str, str | None] = {}

    def findings(self) -> list[Finding]:
        """One a file of the manifest, in its order, then the files that no job made."""
        known = [self.finding(path) for path in self.files]
        return known + [
            Finding(path, UNRECORDED, "no job's record explains it", REMAKE)
            for path in self.unrecorded
        ]

    def finding(self, path: str) -> Finding:
        """Verdict of one file of the manifest."""
        if path not in self._found:
            self._found[path] = self._judge(path)
        return self._found[path]

    @cached_property
    def unrecorded(self) -> list[str]:
        """Files under results/ that are in no record and belong to no recorded job."""
        stems = {Path(record).stem for record in self.jobs}
        found = []
        for path in sorted((self.root / "results").rglob("*")):
            name = path.relative_to(self.root).as_posix()
            study, *rest = path.relative_to(self.root / "results").parts
            if study == PRIVATE and rest:
                study, *rest = rest
            of_a_job = bool(rest) and rest[0] in OF_JOBS and path.stem in stems
            of_a_job |= rest[:1] == [AUDIT]
            if path.is_file() and name not in self.files and study not in OURS and not of_a_job:
                found.append(name)
        return [name for name in found if name != "results/README.md"]

    def _judge(self, path: str) -> Finding:
        entry = self.files[path]
        now = self._now(path)
        if entry["job"] is None:
            return self._source(path, entry["sha256"], now)
        rule = self.jobs[entry["job"]]["rule"]
        remake = f"snakemake --cores 2 --forcerun {rule} -- {path}"
        if now is None:
            return Finding(path, MISSING, f"made by {rule}, and gone", remake)
        if now != entry["sha256"]:
            return Finding(path, EDITED, f"not as {rule} left it", remake)
        reason = self._changed(self.jobs[entry["job"]], path)
        if reason:
            return Finding(path, STALE, reason, f"snakemake --cores 2 -- {path}")
        return self._inherited(path, self.jobs[entry["job"]])

    def _source(self, path: str, then: str, now: str | None) -> Finding:
        if path.startswith("results/"):
            return Finding(path, UNRECORDED, "a result that no job's record explains", REMAKE)
        if now is None:
            return Finding(path, RESTRICTED, "a source that is not here", "ask its owner for it")
        if now != then:
            return Finding(path, STALE, "a source that has changed since it was used")
        return Finding(path, VERIFIED)

    def _changed(self, job: Mapping, path: str) -> str:
        """What a job read that is not so now; empty if all is as it was."""
        modules = [name for name, said in job["code"].items() if self._says(name) != said]
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
        """The worst of what a file rests on."""
        above = [self.finding(one["path"]) for one in job["inputs"]]
        worst = min(above, key=lambda f: WORST_FIRST.index(f.verdict), default=None)
        if worst is None or worst.verdict == VERIFIED:
            return Finding(path, VERIFIED)
        if worst.verdict == RESTRICTED:
            return Finding(path, RESTRICTED, _resting(worst), worst.remedy)
        return Finding(path, STALE, _resting(worst), worst.remedy)

    def _now(self, path: str) -> str | None:
        """SHA-256 of a file as it is; none where there is no file."""
        if path not in self._hashes:
            file = self.root / path
            self._hashes[path] = sha256(file) if file.is_file() else None
        return self._hashes[path]

    def _says(self, module: str) -> str | None:
        file = self.root / module
        return statements(file) if file.is_file() else None


def _resting(finding: Finding) -> str:
    """The first divergent ancestor, passed on as it is once it has been named."""
    if finding.reason.startswith("rests on "):
        return finding.reason
    return f"rests on {finding.path}: {finding.reason}"


def worst(findings: list[Finding]) -> str:
    """The worst verdict among some findings; verified where there are none."""
    verdicts = [finding.verdict for finding in findings] or [VERIFIED]
    return min(verdicts, key=WORST_FIRST.index)
