"""Timings of our allocation and value added beside those of other packages."""
