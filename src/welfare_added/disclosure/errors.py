"""Error that stops a publication."""

from welfare_added.run.errors import UserError


class DisclosureError(UserError):
    """Something may not be published or is not declared; names file, cell and remedy."""
