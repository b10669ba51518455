"""The district: raw tables, their checks, the analysis sample, and the synthetic San Diego."""
