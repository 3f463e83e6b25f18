"""Synthetic forced-swim videos and studies; imports nothing of the stages."""
