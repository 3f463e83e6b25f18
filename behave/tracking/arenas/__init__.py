"""Arenas, the region of the picture for each animal: from a table, drawn, or detected."""
