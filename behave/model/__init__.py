"""Definitions that all parts of the package share: tables, columns, units, labels, flags."""
