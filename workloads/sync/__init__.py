"""Rows and cluster made to agree."""
