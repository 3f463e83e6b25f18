"""Results that are kept between runs, their provenance, and the lock of a results folder."""
