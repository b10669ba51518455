"""Figures and tables of Bates, Dinerstein, Johnston and Sorkin (2022)."""
