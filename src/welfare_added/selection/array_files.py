"""Arrays as npz files, which are whole or not there."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from welfare_added.run.writing import replace_atomically


def write_arrays(path: Path | str, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays of any shapes by name."""

    def write(part: Path) -> None:
        with part.open("wb") as file:
            np.savez(file, **arrays)

    replace_atomically(path, write)
