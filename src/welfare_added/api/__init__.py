"""The package's functions for data frames and matrices; `welfare_added` offers them by name."""
