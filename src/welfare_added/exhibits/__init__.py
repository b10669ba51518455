"""Figures and tables, each drawn from one tidy CSV."""
