"""Salaries by scheme of pay, and who moves, leaves and stays (Biasi 2017, sections 4 to 6)."""
