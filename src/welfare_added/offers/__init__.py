"""A two-sided market: districts offer posts under a budget and a capacity, teachers choose."""
