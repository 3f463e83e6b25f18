"""Keypoints from files as a source of motion."""
