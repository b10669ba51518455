"""What the audit says when it cannot answer."""


class AuditError(ValueError):
    """A question about results that cannot be answered, in words for who asked."""
