"""Comparisons next to the one of the verdict: doses, time points, other drugs, latency."""
