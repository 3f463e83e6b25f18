"""People's scores: read, matched to trials and compared."""
