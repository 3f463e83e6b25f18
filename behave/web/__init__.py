"""See, draw and score in the browser: a page served on this computer alone.

Whatever a screen does ends in a plain file that could have been written by
hand: ``arenas.csv``, and tables of bouts with ``source`` and ``scorer``.
"""
