"""The report: one page of claims, exhibits, calibration and an explorer of plans."""
