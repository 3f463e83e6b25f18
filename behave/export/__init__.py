"""Results as other programs read them: BORIS, NWB, a data package. From tables alone."""
