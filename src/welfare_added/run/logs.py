"""Where the messages of a rule go."""

import logging
from pathlib import Path


def to_file(path: Path | str) -> None:
    """Send all log messages of this process, from level INFO, to ``path``."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        filename=path,
        filemode="w",
        level=logging.INFO,
        format="%(levelname)s %(name)s: %(message)s",
    )
    logging.captureWarnings(True)
