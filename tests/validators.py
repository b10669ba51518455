"""Validators of the standards, run in an environment of their own (`make .validators/.ready`).

They pin other versions of packages than ours. RO-Crate's validator reads the JSON-LD context from the
network; here it is served from the copy that comes with rocrate, with the terms that version 1.1
has under other addresses.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHON = ROOT / ".validators/bin/python"
PROFILE = "provenance-run-crate-0.5"
OF_VERSION_11 = {
    "ComputationalWorkflow": "https://bioschemas.org/ComputationalWorkflow",
    "FormalParameter": "https://bioschemas.org/FormalParameter",
}


def crate_problems(folder: Path) -> list[str]:
    """Required checks of the Provenance Run Crate profile that a crate fails."""
    import rocrate

    context = Path(rocrate.__file__).parent / "data/ro-crate.jsonld"
    return json.loads(_run(__file__, str(context), str(folder)))


def citation_problems(path: Path) -> str:
    """What cffconvert says of a citation file; empty if it is valid."""
    command = (
        "-c",
        "from cffconvert.cli.cli import cli; cli()",
        "--validate",
        "--infile",
        str(path),
    )
    said = _run(*command)
    return "" if "Citation metadata are valid" in said else said


def _run(*arguments: str) -> str:
    assert PYTHON.is_file(), f"{PYTHON} is not there; run `make .validators/.ready`"
    done = subprocess.run([PYTHON, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0 or "cffconvert" in arguments[1], done.stderr
    return done.stdout + (done.stderr if done.returncode else "")


def _validate(context: str, crate: str) -> list[str]:
    import io

    import requests
    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPResponse

    terms = json.loads(Path(context).read_text(encoding="utf-8"))
    terms["@context"].update(OF_VERSION_11)
    kind = {"Content-Type": "application/ld+json"}

    def send(adapter, request, **_):
        if request.url != "https://w3id.org/ro/crate/1.1/context":
            raise requests.ConnectionError(request.url)
        body = io.BytesIO(json.dumps(terms).encode())
        raw = HTTPResponse(
            body, status=200, headers=kind, preload_content=False, request_url=request.url
        )
        return adapter.build_response(request, raw)

    HTTPAdapter.send = send
    from rocrate_validator import services
    from rocrate_validator.models import Severity

    settings = services.ValidationSettings(
        rocrate_uri=crate, profile_identifier=PROFILE, requirement_severity=Severity.REQUIRED
    )
    return [
        f"{one.check.identifier}: {one.message}" for one in services.validate(settings).get_issues()
    ]


if __name__ == "__main__":
    print(json.dumps(_validate(*sys.argv[1:])))
