"""The synthetic district's parameters, found by matching published inputs through the estimator."""
