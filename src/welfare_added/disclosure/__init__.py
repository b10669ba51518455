"""What may be published of confidential records."""
