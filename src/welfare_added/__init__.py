"""Replication of Eastmond, Mather, Ricks and Betts (2024), "From Value Added to Welfare Added"."""
