"""What every script needs: writing files, recording jobs, digests, choices, errors."""
