"""Where each animal is looked for: read from a table, drawn, or detected."""
