"""Tail suspension: a body that hangs by its tail, its swing taken away."""
