"""Whether anything in a PNG is cut off at its edge, and where a figure has text."""

from pathlib import Path

import numpy as np
from PIL import Image

DARKEST_PAPER = 250  # of 255: below it a pixel holds ink


def edges_with_ink(png: Path) -> list[str]:
    """Edges of a picture whose outermost pixels are not all white: text or marks run off them."""
    grey = np.asarray(Image.open(png).convert("RGB")).min(axis=2)
    edges = {"top": grey[0], "bottom": grey[-1], "left": grey[:, 0], "right": grey[:, -1]}
    return [name for name, pixels in edges.items() if pixels.min() < DARKEST_PAPER]


def shown_ticks(axis, limits) -> list:
    """Labels of the ticks between an axis's limits."""
    low, high = sorted(limits)
    ticks = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False)
    return [label for at, label in ticks if low <= at <= high and label.get_visible()]


def texts_of(figure) -> list[tuple[str, object]]:
    """Text and box [pixels] of everything written on a figure that has been drawn."""
    texts = list(figure.texts)
    for axes in figure.axes:
        if axes.axison:
            texts += [axes._left_title, axes._right_title, axes.xaxis.label, axes.yaxis.label]
            texts += [*axes.texts, *shown_ticks(axes.xaxis, axes.get_xlim())]
            texts += shown_ticks(axes.yaxis, axes.get_ylim())
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts if text.get_text()]
    return boxes + [("legend", legend.get_window_extent()) for legend in figure.legends]
