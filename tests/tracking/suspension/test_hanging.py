"""What stands out of a hanging body: a tail is thin, a pale part of the body is not."""

import numpy as np
import pytest

from behave.tracking.suspension.hanging import _thin_ends


@pytest.mark.parametrize(("half_width", "below"), [(1, 12.0), (6, 0.0)])
def test_only_something_thin_below_a_body_is_a_tail(half_width, below):
    """Above, 8 rows of a tail; below, 12 rows of a tail, or of a pale half of the body."""
    body = np.zeros((60, 40), bool)
    body[20:40, 13:27] = True
    clear = body.copy()
    clear[12:20, 19:21] = True
    clear[40:52, 20 - half_width : 20 + half_width] = True
    assert _thin_ends(clear, body) == (8.0, below)
