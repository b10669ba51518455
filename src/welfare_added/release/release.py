"""Write a release: a folder of the files that passed the scan."""

import secrets
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from welfare_added.disclosure.declarations import UNITS
from welfare_added.disclosure.errors import DisclosureError
from welfare_added.disclosure.profiles import Profile
from welfare_added.release.identifiers import Identifiers
from welfare_added.release.run_crate import WORKFLOW
from welfare_added.run.digests import sha256
from welfare_added.run.writing import replace_atomically


def release(
    out: Path,
    verdicts: Mapping[str, str],
    texts: Mapping[str, str],
    describe: Callable[[Path], object] = lambda folder: None,
) -> None:
    """Copy the files that passed, the workflow and further texts to a folder; all or none.

    Parameters
    ----------
    out
        The folder; one of an earlier release is replaced.
    verdicts
        SHA-256 of each file when it passed.
    texts
        Content of further files, by name.
    describe
        Writes a description of the folder into it.

    Raises
    ------
    DisclosureError
        If a file has changed since it passed.

    """
    new = out.with_name(f".{out.name}.part")
    shutil.rmtree(new, ignore_errors=True)
    try:
        for name, digest in verdicts.items():
            copy = new / Path(name).relative_to("results")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(name, copy)
            if sha256(copy) != digest:
                raise DisclosureError(
                    f"{name}: has changed since it passed. Remedy: make it again, then release. "
                    "Nothing was released."
                )
        for name, text in texts.items():
            (new / name).write_text(text, encoding="utf-8", newline="\n")
        shutil.copyfile(WORKFLOW, new / WORKFLOW)
        describe(new)
        _sums(new)
        shutil.rmtree(out, ignore_errors=True)
        new.rename(out)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _sums(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def readme(
    study: str,
    note: str,
    profile: Profile | None,
    published: Iterable[str],
    units: Sequence[str] = UNITS,
) -> str:
    """README of the release, with the disclosure limits if the records are confidential."""
    lines = [f"# Results of the study {study}", "", note, ""]
    if profile is not None:
        lines += [
            "The records are confidential. Every number rests on at least "
            f"{_fewest(profile, units)}; counts are rounded to {profile.base}, other numbers to "
            f"{profile.digits} significant digits. Empty cells are withheld.",
            "",
        ]
    lines += [f"- `{Path(name).relative_to('results').as_posix()}`" for name in sorted(published)]
    lines += [
        "- `history.json`: which job made each file, from what, down to the sources",
        "- `ro-crate-metadata.json`: the same as RO-Crate (Provenance Run Crate 0.5)",
        "- `Snakefile`: the workflow that the crate describes",
        "- `disclosure.json`: digest of each file when it passed",
        "- `SHA256SUMS`: `sha256sum -c SHA256SUMS`",
        "",
    ]
    return "\n".join(lines)


def _fewest(profile: Profile, units: Sequence[str]) -> str:
    """Fewest of each unit, in words."""
    numbers = [f"{profile.minimum(unit)} {unit}" for unit in units]
    return " and ".join(filter(None, [", ".join(numbers[:-1]), numbers[-1]]))


def key_of(path: Path) -> bytes:
    """Secret key of the digests, made once and kept with the private files."""
    path = Path(path)
    if not path.is_file():
        replace_atomically(path, lambda part: part.write_bytes(secrets.token_bytes(32)))
        path.chmod(0o600)
    return path.read_bytes()


def refuse_identifiers(texts: Mapping[str, str], identifiers: Identifiers) -> None:
    """Raise DisclosureError if a text of the release contains an identifier or a place."""
    matches = [
        f"- {name}: {what}" for name, text in texts.items() for what in identifiers.matches(text)
    ]
    if matches:
        raise DisclosureError("The release would name somebody:\n" + "\n".join(matches))
