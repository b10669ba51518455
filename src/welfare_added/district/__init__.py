"""District data: raw tables, their checks, the analysis sample, and the synthetic San Diego."""
