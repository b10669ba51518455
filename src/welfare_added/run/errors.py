"""Errors that are the user's to mend: their text is all that she needs to see."""


class UserError(ValueError):
    """What cannot be done as asked; names file, column, rows or choice, and the remedy."""


class AuditError(UserError):
    """A question about results that cannot be answered, or a result that was edited."""
