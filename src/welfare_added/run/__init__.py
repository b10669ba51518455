"""Code of every script: configuration, files, job records, digests, errors."""
