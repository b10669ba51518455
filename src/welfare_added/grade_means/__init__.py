"""Teachers' value added from grade means, without class links (Biasi 2017, appendix D)."""
