"""Exhibits of Biasi (2017), by theme."""
