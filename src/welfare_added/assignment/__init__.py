"""Optimal matchings of rows to columns, as arrays: proofs of optimality, frontiers, constraints."""
