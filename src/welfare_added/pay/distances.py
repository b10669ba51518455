"""Distances between districts."""

import numpy as np

EARTH_MILES = 3958.76


def distance_miles(
    latitude: np.ndarray, longitude: np.ndarray, to_latitude: np.ndarray, to_longitude: np.ndarray
) -> np.ndarray:
    """Great-circle distance [miles] between points [degrees]; arrays broadcast."""
    one, two = np.radians(latitude), np.radians(to_latitude)
    across = np.radians(np.asarray(to_longitude) - longitude)
    half = np.sin((two - one) / 2) ** 2 + np.cos(one) * np.cos(two) * np.sin(across / 2) ** 2
    return 2 * EARTH_MILES * np.arcsin(np.minimum(np.sqrt(half), 1.0))
