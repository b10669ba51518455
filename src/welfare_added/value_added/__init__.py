"""Teachers' value added: scores, residuals, class means, autocovariances, leave-year-out estimates."""
