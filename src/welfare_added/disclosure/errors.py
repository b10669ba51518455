"""What stops a publication."""

from welfare_added.run.errors import UserError


class DisclosureError(UserError):
    """Something may not be shown, or was not declared; names file, cell and remedy."""
