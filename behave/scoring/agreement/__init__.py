"""How far raters, trackers and methods agree. Pure."""
