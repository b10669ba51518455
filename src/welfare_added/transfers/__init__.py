"""A district's transfer system: raw tables, checks, a synthetic world, and arrays for the sampler."""
