"""What can go wrong with a task, whether it runs here, in a process or on a cluster."""

from behave.errors import BehaveError, Problem, TrialError


class UnforeseenError(TrialError):
    """A task raised what the package does not raise on purpose; its cause is attached."""


class LostProcessError(TrialError):
    """The process that worked on a task died, however often it was tried."""

    def __init__(self, found: str) -> None:
        super().__init__(
            Problem(
                "the process that worked on it died",
                found=found,
                fix="run again with --jobs 1; if it dies again, re-encode the video",
            )
        )


def as_reported_error(error: Exception) -> BehaveError:
    """Return the package's own errors as they are, and others as a defect."""
    if isinstance(error, BehaveError):
        return error
    if isinstance(error, MemoryError):
        return TrialError(
            Problem(
                "the memory did not suffice",
                found=str(error) or None,
                fix="run again with fewer --jobs, or give smaller arenas or a smaller video",
            )
        )
    unforeseen = UnforeseenError(
        Problem(
            "unexpected fault",
            found=f"{type(error).__name__}: {error}",
            fix="please report it; 'behave --debug' shows where it happened",
        )
    )
    unforeseen.__cause__ = error
    return unforeseen
