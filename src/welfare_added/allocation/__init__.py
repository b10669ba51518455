"""The planner's problem: cells, score matrices, solvers, certificates, frontiers."""
