"""What of a confidential district may be shown: the gate, the check of what passed, the release."""
