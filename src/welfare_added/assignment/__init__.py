"""Who goes where, as matrices: certified optima, frontiers, integer programmes."""
