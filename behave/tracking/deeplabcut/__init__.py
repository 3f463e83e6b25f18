"""A trained DeepLabCut network run on the arenas of a video."""
