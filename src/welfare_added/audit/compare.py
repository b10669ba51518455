"""Compare two runs: which files differ, why, and which exhibits are affected."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from welfare_added.run.choices import flat

FOLDERS = ("figures", "tables")
UNEXPLAINED = "no recorded cause: the file was edited, or its rule is not deterministic"


@dataclass(frozen=True)
class Difference:
    """A file that differs between two runs.

    Attributes
    ----------
    path
        The file.
    causes
        Differences in code, parameters, sources or packages; without any, the inputs that differ;
        or that only one run has the file.
    root
        Whether the difference arises here and not in an input.

    """

    path: str
    causes: tuple[str, ...]
    root: bool


def comparable(one: Mapping, other: Mapping) -> tuple[Mapping, Mapping]:
    """Two manifests to compare, reduced to the files of the reference if one is a reference.

    A paper's reference holds digests of one study's results and no job records, so that the only
    causes of a difference that can be given are choices.
    """
    kept = [run["files"] for run in (one, other) if _is_reference(run)]
    if not kept:
        return one, other
    names = set.intersection(*map(set, kept))
    return tuple(_reduced(run, names) for run in (one, other))


def _is_reference(run: Mapping) -> bool:
    return "jobs" not in run


def _reduced(run: Mapping, names: set[str]) -> dict:
    """Digests of some files, by their path below the study's folder, and the choices."""
    if _is_reference(run):
        files = run["files"]
    else:
        study = f"results/{run['config']['study']}/"
        files = {path.removeprefix(study): one["sha256"] for path, one in run["files"].items()}
    held = {path: {"sha256": sha, "job": None} for path, sha in files.items() if path in names}
    return {"config": run["config"], "files": held, "jobs": {}}


def differences(one: Mapping, other: Mapping) -> list[Difference]:
    """Files of two manifests whose bytes differ, or that only one of them has."""
    return [
        _difference(path, one, other)
        for path in sorted({*one["files"], *other["files"]})
        if _sha(one, path) != _sha(other, path)
    ]


def affected_exhibits(differing: list[Difference]) -> list[str]:
    """Names of the exhibits among the files that differ."""
    paths = [PurePosixPath(difference.path) for difference in differing]
    return sorted({path.stem for path in paths if path.parent.name in FOLDERS})


def _sha(manifest: Mapping, path: str) -> str | None:
    return manifest["files"].get(path, {}).get("sha256")


def _difference(path: str, one: Mapping, other: Mapping) -> Difference:
    for manifest, which in ((one, "second"), (other, "first")):
        if path not in manifest["files"]:
            return Difference(path, (f"only in the {which} run",), True)
    names = [manifest["files"][path]["job"] for manifest in (one, other)]
    if None in names:
        return Difference(path, tuple(_choices(one, other)) or ("its bytes differ",), True)
    first, second = (m["jobs"][name] for m, name in zip((one, other), names, strict=True))
    own = _own_causes(first, second)
    read = [{i["path"]: i["sha256"] for i in job["inputs"]} for job in (first, second)]
    changed = [
        name for name in sorted({*read[0], *read[1]}) if read[0].get(name) != read[1].get(name)
    ]
    own += [f"source: {name}" for name in changed if not one["files"].get(name, {}).get("job")]
    rests = [f"rests on {name}" for name in changed]
    if own or rests:
        return Difference(path, tuple(own or rests), bool(own))
    packages = _packages(one, other, first, second)
    return Difference(path, tuple(packages) or (UNEXPLAINED,), True)


def _choices(one: Mapping, other: Mapping) -> list[str]:
    """Choices that differ; empty if the runs have job records."""
    if one["jobs"] or other["jobs"]:
        return []
    then, now = flat(one["config"]), flat(other["config"])
    keys = sorted({*then, *now})
    return [
        f"choice {k}: {then.get(k)} and {now.get(k)}" for k in keys if then.get(k) != now.get(k)
    ]


def _own_causes(first: Mapping, second: Mapping) -> list[str]:
    modules = sorted({*first["code"], *second["code"]})
    causes = [f"code: {m}" for m in modules if first["code"].get(m) != second["code"].get(m)]
    for name in sorted({*first["params"], *second["params"]} - {"code"}):
        before, after = first["params"].get(name), second["params"].get(name)
        if before != after:
            causes.append(f"parameter {name}: {before} and {after}")
    return causes


def _packages(one: Mapping, other: Mapping, first: Mapping, second: Mapping) -> list[str]:
    """Packages and interpreter that differ between the environments of two jobs."""
    places = [m["environments"][job["environment"]] for m, job in ((one, first), (other, second))]
    causes = []
    if places[0]["python"] != places[1]["python"]:
        causes.append(f"Python: {places[0]['python']} and {places[1]['python']}")
    versions = [place["distributions"] for place in places]
    for name in sorted({*versions[0], *versions[1]}):
        before, after = (version.get(name) for version in versions)
        if before != after:
            causes.append(f"package {name}: {before} and {after}")
    return causes
