"""Reassignment of teachers to positions that no teacher is worse off by (Laverde et al. 2023)."""
