"""Whether the verdict survives other ways to score and to analyse."""
