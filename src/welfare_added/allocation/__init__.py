"""The planner's problem: which teachers could take which classes, optimal plans and frontiers."""
