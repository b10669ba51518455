"""Calls of Snakemake that do not import it anew: each is forked from a process that has."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["snakemake.cli"])


def snakemake(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess:
    """What ``python -m snakemake`` prints and returns in a folder, with these variables."""
    with tempfile.TemporaryDirectory() as place:
        written = [Path(place, name) for name in ("stdout", "stderr")]
        call = FORKED.Process(target=_call, args=(list(arguments), folder, environment, written))
        call.start()
        call.join()
        output = [path.read_text() if path.exists() else "" for path in written]
    return subprocess.CompletedProcess(["snakemake", *arguments], call.exitcode, *output)


def _call(arguments, folder, environment, written) -> None:
    """In the fork: what a new process would see, and then Snakemake."""
    for number, path in enumerate(written, start=1):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT)
        os.dup2(opened, number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.path = [entry for entry in sys.path if not entry.endswith("tests/workflow")]
    sys.path[:0] = environment["PYTHONPATH"].split(os.pathsep)
    sys.argv = ["snakemake", *arguments]
    from snakemake.cli import main

    main(arguments)
