"""Errors that the user can correct; only their text is printed."""


class UserError(ValueError):
    """A problem of the user's files or choices; names file, column, rows or choice, and remedy."""


class AuditError(UserError):
    """A result that was edited, or a question about results that cannot be answered."""
