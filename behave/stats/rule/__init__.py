"""From a table of animals to the four cells, the contrasts and the verdict."""
