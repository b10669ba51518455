"""Outlines of census tracts as paths of a drawing."""

import numpy as np
import pandas as pd

HEIGHT = 1600  # units of the drawing, whole numbers: some 25 metres each in Chicago


def outlines(shapes: pd.DataFrame) -> dict:
    """Tracts as SVG paths: width, height, names, paths; north is up, areas near the middle right.

    shapes: tract, ring, longitude, latitude [degrees].
    """
    middle = np.radians((shapes["latitude"].min() + shapes["latitude"].max()) / 2)
    east = (shapes["longitude"] - shapes["longitude"].min()) * np.cos(middle)
    south = shapes["latitude"].max() - shapes["latitude"]
    scale = HEIGHT / south.max()
    points = pd.DataFrame({"x": east, "y": south}).mul(scale).round().astype(int)
    points = points.assign(tract=shapes["tract"], ring=shapes["ring"])
    paths = {
        str(tract): "".join(_path(one) for _, one in rows.groupby("ring"))
        for tract, rows in points.groupby("tract")
    }
    return {
        "width": int(points["x"].max()),
        "height": HEIGHT,
        "names": list(paths),
        "paths": list(paths.values()),
    }


def _path(ring: pd.DataFrame) -> str:
    """A closed line: its first corner, then steps from one to the next."""
    corners = ring[["x", "y"]].to_numpy()
    steps = " ".join(f"{x} {y}" for x, y in np.diff(corners[:-1], axis=0))
    return f"M{corners[0, 0]} {corners[0, 1]}l{steps}z"
