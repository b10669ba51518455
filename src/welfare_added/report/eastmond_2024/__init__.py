"""Explorer of allocations by social weight (Eastmond et al. 2024)."""
