"""Figures and tables of Eastmond, Mather, Ricks and Betts (2024)."""
