"""Teachers, contracts and schools of a state: raw tables, their preparation, a synthetic state."""
