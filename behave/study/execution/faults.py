"""Errors of a task, in this process, in another process or on a cluster."""

from behave.errors import BehaveError, Problem, TrialError


class UnforeseenError(TrialError):
    """A task raised an error that the package does not raise on purpose; it is the ``__cause__``."""


class LostProcessError(TrialError):
    """The process that worked on a task ended unexpectedly, also when it was repeated."""

    def __init__(self, found: str) -> None:
        super().__init__(
            Problem(
                "the process that worked on it ended unexpectedly",
                found=found,
                fix="run again with --jobs 1; if this happens again, re-encode the video",
            )
        )


def as_reported_error(error: Exception) -> BehaveError:
    """Return the package's own errors unchanged, and others as errors of this package."""
    if isinstance(error, BehaveError):
        return error
    if isinstance(error, MemoryError):
        return TrialError(
            Problem(
                "there was not enough memory",
                found=str(error) or None,
                fix="run again with fewer --jobs, or use smaller arenas or a smaller video",
            )
        )
    unforeseen = UnforeseenError(
        Problem(
            "unexpected error",
            found=f"{type(error).__name__}: {error}",
            fix="please report it; 'behave --debug' shows where it happened",
        )
    )
    unforeseen.__cause__ = error
    return unforeseen
