"""What all floors speak of: the tables with their columns and units, and flags."""
