"""The soft silhouette of a body: seams within it are filled, a shadow beside it is not."""

import numpy as np

from behave.tracking.silhouette.body import Body

SHADOW = 140  # more than half of a body's depth: it is part of the mask


def body(soft):
    """Return a body found in the middle of its arena, with this softness."""
    mask = (soft > 127).astype(np.uint8)
    rows, columns = np.nonzero(mask)
    return Body(
        body=mask,
        soft=soft,
        hidden=None,
        box=(slice(0, 64), slice(0, 64)),
        corner=(0, 0),
        x=31.5,
        y=31.5,
        area=float(mask.sum()),
        across=1.0,
        down=1.0,
        slant=0.0,
        edges=(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1),
        cut=False,
    )


def test_the_seam_between_two_tones_is_filled_and_a_shadow_keeps_its_depth():
    soft = np.zeros((64, 64), np.uint8)
    soft[24:40, 16:30] = soft[24:40, 33:48] = 255
    soft[40:50, 16:48] = SHADOW
    silhouette = body(soft).silhouette()
    left, top = silhouette.corner
    shown = silhouette.soft[-top : 64 - top, -left : 64 - left] if top < 0 else silhouette.soft
    assert shown[28:36, 31].min() == 255
    assert shown[44:48, 20:44].max() == SHADOW
