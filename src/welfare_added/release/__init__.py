"""Releases: published files scanned for confidential content, copied and documented."""
