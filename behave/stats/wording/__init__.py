"""The numbers of this floor as tidy tables, flags and sentences."""
