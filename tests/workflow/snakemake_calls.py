"""Calls of Snakemake, and of its jobs, that do not import libraries anew.

Each is forked from a process that has them loaded. Where a variable says which kernels of compiled
code are to be used, jobs start an interpreter of their own, as they do outside of tests.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver
from pathlib import Path
from types import ModuleType
from unittest import mock

LIBRARIES = (
    *("numba", "pandas", "pyarrow.dataset", "pyarrow.parquet", "threadpoolctl", "yaml"),
    *("scipy.linalg", "scipy.optimize", "scipy.sparse.csgraph", "scipy.special", "scipy.stats"),
    *("matplotlib.figure", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_pdf"),
)
OF_KERNELS = ("NUMBA_", "NPY_", "OPENBLAS_CORETYPE")
ONE_AT_A_TIME = threading.Lock()
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["snakemake.cli", "snakemake_calls", *LIBRARIES])


def load() -> None:
    """Start the process that others are forked from, with the variables of now."""
    with mock.patch.dict(os.environ, PYTHONPATH=str(Path(__file__).parent)):
        forkserver.ensure_running()


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
    _begin(["snakemake", *arguments], folder, environment, written)
    sys.modules["__main__"] = ModuleType("__main__")  # jobs do not load the tests' program
    if not any(name.startswith(OF_KERNELS) for name in environment):
        _fork_scripts(written)
    from snakemake.cli import main

    main(arguments)


def _begin(command, folder, environment, written) -> None:
    """Take over what a new process would have been given."""
    for number, path in enumerate(written, start=1):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(opened, number)
        os.close(opened)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = command
    sys.path = [entry for entry in sys.path if not entry.endswith("tests/workflow")]
    sys.path[:0] = environment["PYTHONPATH"].split(os.pathsep)


def _fork_scripts(written) -> None:
    """Let this process's Snakemake fork scripts in Python; others it starts as ever."""
    from snakemake.script import PythonScript

    forkserver._forkserver.ensure_running = lambda: None  # this process's parent is running
    started = PythonScript.execute_script

    def execute_script(self, fname, edit=False) -> None:
        if self.conda_env or self.container_img or self.env_modules or self.bench_record:
            return started(self, fname, edit)
        code = _ran(Path(fname), written)
        if code:
            raise subprocess.CalledProcessError(code, [sys.executable, fname])
        return None

    PythonScript.execute_script = execute_script


def _ran(script: Path, written) -> int:
    """Exit code of a script."""
    arguments = (script, Path.cwd(), dict(os.environ), written)
    process = FORKED.Process(target=_script, args=arguments)
    with ONE_AT_A_TIME:
        process.start()
        multiprocessing.process._children.discard(process)  # else other threads collect its code
    process.join()
    return process.exitcode


def _script(path, folder, environment, written) -> None:
    """In the fork: what ``python script`` does."""
    _begin([str(path)], folder, environment, written)
    sys.path.insert(0, str(path.parent))
    runpy.run_path(str(path), run_name="__main__")
