"""Check which code and inputs made each result, and whether it was changed since."""
