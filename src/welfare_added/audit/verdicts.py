"""Verdicts of exhibits and of the paper's numbers, from those of their files."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from welfare_added.audit.verify import MISSING, WORST_FIRST, Finding, Verification
from welfare_added.claims.answers import parts
from welfare_added.claims.document import Claim, Document
from welfare_added.exhibits.declarations import Exhibit
from welfare_added.run.commands import snakemake_command


def exhibits(
    verification: Verification, results: str, made: Iterable[Exhibit]
) -> dict[str, Finding]:
    """Finding of each exhibit of a study: the worst of its files."""
    return {one.name: worst_of(verification, list(one.files(results).values())) for one in made}


def numbers(verification: Verification, results: str, document: Document) -> dict[str, Finding]:
    """Finding of each claim: the worst of claims.csv and of the tables that answer it."""
    return {
        claim.id: worst_of(
            verification, [f"{results}/claims.csv", *tables_of(claim, document, results)]
        )
        for claim in document.claims
    }


def tables_of(claim: Claim, document: Document, results: str) -> list[str]:
    """Result tables that a claim's answer uses."""
    named = [part["table"] for part in parts(claim.answer, document.shared) if "table" in part]
    return [f"{results}/{table}" for table in dict.fromkeys(named)]


def worst_of(verification: Verification, paths: list[str]) -> Finding:
    """The worst finding among some files of the paper; one that no job made is missing."""
    findings = [
        verification.finding(path)
        if path in verification.files
        else Finding(
            path, MISSING, "no job made it", snakemake_command(verification.paper, "--", path)
        )
        for path in paths
    ]
    return min(findings, key=lambda finding: WORST_FIRST.index(finding.verdict))


def studies(files: Mapping[str, object]) -> list[str]:
    """Names of the studies that have exhibits."""
    return sorted(
        Path(path).parts[1] for path in files if Path(path).match("results/*/skipped.csv")
    )
