"""How long the planner's problem takes, ours beside what else one could use."""
