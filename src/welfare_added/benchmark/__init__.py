"""Timings of our allocation, value added and admissions beside those of other packages."""
