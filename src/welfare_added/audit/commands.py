"""The audit's commands: each prints what it finds and returns an exit code."""

import json
import shutil
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from welfare_added.audit import reference as published
from welfare_added.audit.compare import affected_exhibits, comparable, differences
from welfare_added.audit.due import due, planned, targets
from welfare_added.audit.endings import ending
from welfare_added.audit.manifest import manifest
from welfare_added.audit.readme import (
    RAW_TABLES,
    README,
    exhibits_table,
    marks_of_raw_tables,
    raw_tables_text,
    renewed,
)
from welfare_added.audit.trace import file_tree
from welfare_added.audit.verdicts import exhibits, numbers, studies, tables_of
from welfare_added.audit.verify import (
    EXIT_CODES,
    VERIFIED,
    WORST_FIRST,
    Finding,
    Verification,
    worst,
)
from welfare_added.claims import document
from welfare_added.claims.answers import expanded
from welfare_added.district.layout import Layout, read_layout
from welfare_added.exhibits.declarations import Exhibits, read_exhibits
from welfare_added.run import choices, folders
from welfare_added.run.errors import AuditError
from welfare_added.run.writing import as_json, replace_atomically, write_text

SHOWN = 20


class Project:
    """A project's folder, its choices and what its jobs recorded."""

    def __init__(self, root: Path, paper: str | None = None):
        """Take the folder that holds config.yaml; ``paper`` overrides the one named there."""
        if not (root / "config.yaml").is_file():
            raise AuditError(f"{root}: no config.yaml; run this from the project's folder")
        self.root = root
        self.config = choices.read_config(root, paper)
        self.paper, self.study = self.config["paper"], self.config["study"]
        self.folder = choices.paper_folder(root, self.paper)
        self.results = folders.public_folder(self.study)
        restricted = choices.restricted(self.config)
        self.audit = root / folders.audit_folder(self.study, restricted)

    @cached_property
    def manifest(self) -> dict:
        """Manifest of the records as they are now; raises AuditError if there are none."""
        made = manifest(folders.RESULTS, self.root, self.config)
        if not made["jobs"]:
            raise AuditError("results/: no job has left a record; run `make reproduce` first")
        return made

    @cached_property
    def verification(self) -> Verification:
        """Every file's verdict, including what Snakemake would make again."""
        rules = [job["rule"] for job in self.manifest["jobs"].values()]
        wanted = targets(self.root, self.paper, rules)
        return Verification(self.manifest, self.root, due(self.root, self.paper, wanted))

    @property
    def claims(self) -> document.Document | None:
        """The paper's claims; None if the study compares none."""
        made = (self.root / self.results / "claims.csv").is_file()
        schema = self.root / "workflow/schemas/claims.schema.json"
        return document.read(self.folder / "claims.yaml", schema) if made else None

    @property
    def exhibits(self) -> Exhibits:
        """The paper's exhibits."""
        schema = self.root / "workflow/schemas/exhibits.schema.json"
        return read_exhibits(self.folder / "exhibits.yaml", schema)

    @property
    def layout(self) -> Layout:
        """The paper's raw tables; of none if it has no raw_tables.yaml."""
        path = self.folder / "raw_tables.yaml"
        schema = self.root / "workflow/schemas/raw_tables.schema.json"
        return read_layout(path, schema) if path.is_file() else Layout()

    def numbers(self) -> dict[str, str]:
        """Our number for each claim as text, by id; empty if the study compares none."""
        if self.claims is None:
            return {}
        table = self.reproduced()
        return dict(zip(table["id"], table["reproduced"], strict=True))

    def reproduced(self) -> pd.DataFrame:
        """claims.csv as text; raises AuditError if it does not exist."""
        path = self.root / self.results / "claims.csv"
        if not path.is_file():
            raise AuditError(f"{path.relative_to(self.root)}: not there; run `make reproduce`")
        return pd.read_csv(path, dtype=str, keep_default_na=False)


def verify(project: Project, console: Console) -> int:
    """Print what is not verified, with reason and remedy; write verification.json.

    Returns 0 if all is verified, else the code of the worst verdict (`EXIT_CODES`).
    """
    with console.status("hashing results"):
        findings = project.verification.findings()
        by_exhibit = _by_study(project)
        by_number = _by_number(project)
    _write_verdicts(project.audit, findings, by_exhibit, by_number)
    wrong = [finding for finding in findings if finding.verdict != VERIFIED]
    for finding in sorted(wrong, key=lambda f: (WORST_FIRST.index(f.verdict), f.path)):
        console.print(Text(f"{finding.verdict}: {finding.path}\n    {finding.reason}"))
        if finding.remedy:
            console.print(Text(f"    Remedy: {finding.remedy}"))
    console.print(_counts("files", findings))
    console.print(_counts("exhibits", list(by_exhibit.values())))
    if by_number:
        console.print(_counts("stated numbers", list(by_number.values())))
    return EXIT_CODES[worst(findings)]


def trace(project: Project, of: str, console: Console) -> int:
    """Print the origin of an exhibit, of a file below results/, or of a claim, as a tree."""
    paths, title = _asked_for(project, of)
    tree = Tree(Text(title)) if title else None
    for path in paths:
        branch = file_tree(path, project.manifest, project.verification, project.root)
        if tree is None:
            console.print(branch)
        else:
            tree.add(branch)
    if tree is not None:
        console.print(tree)
    return 0


def compare(one: Path, other: Path, console: Console) -> int:
    """Print what differs between two runs, by manifest or reference; 0 if nothing does, else 1."""
    first, second = (json.loads(path.read_text(encoding="utf-8")) for path in (one, other))
    first, second = comparable(first, second)
    differing = differences(first, second)
    if not differing:
        console.print(Text(f"The runs are identical in all {len(first['files'])} files."))
        return 0
    begins = [difference for difference in differing if difference.root]
    console.print(Text(f"{len(differing)} files differ. The differences begin here:"))
    for difference in begins:
        console.print(Text(f"{difference.path}\n    " + "\n    ".join(difference.causes[:SHOWN])))
    affected = affected_exhibits(differing)
    console.print(Text(f"Exhibits reached: {', '.join(affected) or 'none'}"))
    return 1


def reference(project: Project, keep: bool, console: Console) -> int:
    """Print how a run differs from the published one, or keep it as the published one."""
    path, tables = project.folder / "reference.json", project.folder / "reference"
    results = project.root / project.results
    if keep:
        files = planned(project.root, project.paper, ["all"])
        kept = published.reference(project.manifest, project.study, files, project.numbers())
        write_text(as_json(kept), path)
        shutil.rmtree(tables, ignore_errors=True)
        for name, table in published.kept_tables(results).items():
            replace_atomically(tables / name, lambda part, table=table: shutil.copy(table, part))
        console.print(Text(f"Kept as the published run: {path.relative_to(project.root)}"))
        return 0
    if not path.is_file():
        console.print(Text(f"There is no published run of {project.paper}."))
        return 0
    kept = json.loads(path.read_text(encoding="utf-8"))
    if kept["format"] != published.FORMAT:
        raise AuditError(f"{path}: of another version of this package; `make reference` renews it")
    outcome = published.compared(
        kept, project.manifest, project.study, project.numbers(), (tables, results)
    )
    console.print(Text(ending(outcome)))
    return 0


def readme(project: Project, console: Console) -> int:
    """Renew the README's table of exhibits from the records of this run, and the raw tables."""
    path = project.folder / README
    table = exhibits_table(project.manifest, project.study, project.exhibits, project.root)
    write_text(renewed(path.read_text(encoding="utf-8"), table), path)
    console.print(Text(f"{path.relative_to(project.root)}: table of exhibits renewed"))
    if project.layout.tables:
        path, marks = project.root / RAW_TABLES, marks_of_raw_tables(project.paper)
        of = f"{RAW_TABLES}: the marks around the raw tables of {project.paper}"
        made = raw_tables_text(project.layout)
        write_text(renewed(path.read_text(encoding="utf-8"), made, marks, of), path)
        console.print(Text(f"{RAW_TABLES}: raw tables of {project.paper} renewed"))
    return 0


def _asked_for(project: Project, of: str) -> tuple[list[str], str]:
    """Files to trace, and a title if ``of`` is a claim."""
    files = project.manifest["files"]
    if of in files:
        return [of], ""
    if (below := f"results/{of}") in files:
        return [below], ""
    folder = project.results
    named = [path for path in files if Path(path).stem == of and path.startswith(f"{folder}/")]
    drawn = [path for path in named if Path(path).parent.name in ("figures", "tables")]
    if drawn or named:
        return sorted(drawn or named, key=lambda path: (not path.endswith(".pdf"), path))[:1], ""
    claims = project.claims
    for claim in claims.claims if claims else ():
        if claim.id == of:
            row = project.reproduced().set_index("id").loc[of]
            title = (
                f"{of} ({claim.location}): published {row['published']} {claim.unit}, "
                f"here {row['reproduced']}: {row['verdict']}\n“{claim.quote}”\n"
                f"answer: {json.dumps(expanded(claim.answer, claims.shared))}"
            )
            return [f"{folder}/claims.csv", *tables_of(claim, claims, folder)][::-1], title
    raise AuditError(
        f"{of}: no exhibit, result or claim of that name. Try figure_04, or results/..."
    )


def _by_study(project: Project) -> dict[str, Finding]:
    by_exhibit = {}
    for study in studies(project.manifest["files"]):
        results = folders.public_folder(study)
        table = project.root / results / "skipped.csv"
        skipped = set(pd.read_csv(table)["exhibit"]) if table.is_file() else set()
        made = [
            one
            for one in project.exhibits.all.values()
            if one.name not in skipped and not one.on_request
        ]
        here = exhibits(project.verification, results, made)
        by_exhibit |= {f"{study}/{name}": finding for name, finding in here.items()}
    return by_exhibit


def _by_number(project: Project) -> dict[str, Finding]:
    if project.claims is None:
        return {}
    return numbers(project.verification, project.results, project.claims)


def _write_verdicts(
    folder: Path,
    findings: list[Finding],
    by_exhibit: Mapping[str, Finding],
    by_number: Mapping[str, Finding],
) -> None:
    def entry(finding: Finding) -> dict[str, str]:
        return {"verdict": finding.verdict, "file": finding.path, "reason": finding.reason}

    content = {
        "verdict": worst(findings),
        "files": {finding.path: entry(finding) for finding in findings},
        "exhibits": {name: entry(finding) for name, finding in by_exhibit.items()},
        "numbers": {name: entry(finding) for name, finding in by_number.items()},
    }
    write_text(as_json(content), folder / "verification.json")


def _counts(what: str, findings: list[Finding]) -> Text:
    counts = Counter(finding.verdict for finding in findings)
    parts = [f"{counts[verdict]} {verdict}" for verdict in WORST_FIRST[::-1] if counts[verdict]]
    return Text(f"{what}: {', '.join(parts)}")
