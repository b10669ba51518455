"""Discrete choice as arrays: draws, logit panels with random coefficients, their maximum."""
