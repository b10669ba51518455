"""Where the messages of a rule go, and how it ends when the user has something to mend."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from welfare_added.run.errors import UserError

log = logging.getLogger(__name__)


@contextmanager
def logged(path: Path | str) -> Iterator[None]:
    """Send all messages of this process, from level INFO, to ``path``.

    A UserError ends the process with its message, last in the log, and without a traceback: the
    run prints it from there. Any other error is ours, and keeps its traceback.
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
