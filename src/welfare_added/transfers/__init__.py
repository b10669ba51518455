"""A district's transfer system: raw tables, checks, a synthetic world, the sampler's arrays."""
