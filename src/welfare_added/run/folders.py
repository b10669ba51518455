"""Folders of a study."""

from pathlib import Path

RESULTS = Path("results")
# Unpublished results of confidential records; all other folders of results/ are published.
PRIVATE = "results/private"
KEY = f"{PRIVATE}/key"  # secret key of the digests in a release


def public_folder(study: str) -> str:
    """Folder of what a study publishes."""
    return f"results/{study}"


def private_folder(study: str, restricted: bool) -> str:
    """Folder of a study's unpublished results; the public one if nothing is confidential."""
    return f"{PRIVATE}/{study}" if restricted else public_folder(study)


def audit_folder(study: str, restricted: bool) -> str:
    """Folder of a study's manifest and verdicts, in its private folder."""
    return f"{private_folder(study, restricted)}/audit"
