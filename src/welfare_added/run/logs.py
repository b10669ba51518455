"""Write a rule's messages to its log, and end it without traceback on a user's error."""

import atexit
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from welfare_added.run.errors import UserError

log = logging.getLogger(__name__)


@contextmanager
def logged(path: Path | str) -> Iterator[None]:
    """Send all messages of this process, from level INFO, to ``path``.

    A UserError ends the process with its message as the last in the log, from where the run
    prints it, and without a traceback. Any other error is a bug and keeps its traceback.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        filename=path,
        filemode="w",
        level=logging.INFO,
        format="%(levelname)s %(name)s: %(message)s",
    )
    logging.captureWarnings(True)
    try:
        yield
    except UserError as error:
        log.error("%s", error)
        sys.exit(1)
    if hasattr(sys.modules["__main__"], "snakemake"):
        _leave()


def _leave() -> None:
    """End a rule's script here: Python takes a quarter of a second to dismantle pandas, to no end.

    What was registered to run at exit still runs.
    """
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(0)
