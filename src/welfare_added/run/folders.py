"""Where a study keeps its files."""

from pathlib import Path

RESULTS = Path("results")
# Of studies of confidential records: what is not published; everything else under results/ is.
PRIVATE = "results/private"
KEY = f"{PRIVATE}/key"  # of the digests in a release


def public_folder(study: str) -> str:
    """Folder of what a study publishes."""
    return f"results/{study}"


def private_folder(study: str, restricted: bool) -> str:
    """Where a study keeps what is not published: with the rest where nothing is confidential."""
    return f"{PRIVATE}/{study}" if restricted else public_folder(study)


def audit_folder(study: str, restricted: bool) -> str:
    """Where a study's manifest and verdicts are: with what is private of confidential records."""
    return f"{private_folder(study, restricted)}/audit"
