"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is slow, not wrong: no deadline for a single example.
settings.register_profile("behave", deadline=None)
settings.load_profile("behave")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real and reference data beside the checkout.

    The data's licences forbid keeping it in the repository. Without it the
    test is skipped with that reason; in CI its absence is a failure.
    """
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if folder.is_dir():
        return folder
    reason = "the reference data is not beside this checkout (../shared/data)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
