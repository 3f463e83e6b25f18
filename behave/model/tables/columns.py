"""Columns and values that several tables share."""

from behave.schema import Column

TRIAL_ID = Column("trial_id", "text", "Trial: one animal in one video.")
ANIMAL_ID = Column("animal_id", "text", "Animal.")
VIDEO = Column("video", "text", "Video file as named in the trials table.")
ARENA = Column("arena", "text", "Arena: the region of the picture drawn for one animal.")
STATES = ("immobile", "mobile", "unscored")
# Where posture was seen, mobile time is divided.
BEHAVIOURS = (*STATES, "swimming", "climbing")
STATUSES = ("done", "failed", "excluded", "missing")
