"""Value added: scores, residuals, class means, autocovariances, leave-year-out estimates."""
