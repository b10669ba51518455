"""A planner's page of admission plans (Ellison and Pathak 2020)."""
