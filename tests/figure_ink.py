"""Whether anything in a PNG is cut off at its edge."""

from pathlib import Path

import numpy as np
from PIL import Image

DARKEST_PAPER = 250  # of 255: below it a pixel holds ink


def edges_with_ink(png: Path) -> list[str]:
    """Edges of a picture whose outermost pixels are not all white: text or marks run off them."""
    grey = np.asarray(Image.open(png).convert("RGB")).min(axis=2)
    edges = {"top": grey[0], "bottom": grey[-1], "left": grey[:, 0], "right": grey[:, -1]}
    return [name for name, pixels in edges.items() if pixels.min() < DARKEST_PAPER]
