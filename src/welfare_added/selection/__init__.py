"""Teachers' effects on students jointly with both sides' decisions in a transfer system."""
