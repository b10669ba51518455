"""Admission plans of exam schools (Ellison and Pathak 2020)."""
