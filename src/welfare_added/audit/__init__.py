"""Which code made what."""
