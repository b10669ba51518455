"""What stops a publication."""


class DisclosureError(ValueError):
    """Something may not be shown, or was not declared; names file, cell and remedy."""
