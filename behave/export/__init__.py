"""Results for other programs: BORIS, NWB, a data package; made from the results' tables."""
