"""Rigid registration of small silhouettes: what remains is the body's own change of shape.

An animal that drifts or turns as a whole with the water is passive. Laying its
earlier silhouette onto the present one by the best shift and turn takes that
away; limbs that stroke cannot be laid onto each other and remain. Without the
turn, slow rotation while floating is taken for swimming.
"""

from functools import cache
from math import cos, sin
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from behave.tracking.video.picture import Float32

BACKWARDS = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


class RigidTransform(NamedTuple):
    """A turn about the middle of a patch and a shift, from one silhouette to an earlier one.

    Parameters
    ----------
    x, y
        Shift in px.
    angle
        Turn in radians.
    """

    x: float
    y: float
    angle: float

    def corrected(self, x: float, y: float, angle: float) -> "RigidTransform":
        """Return the way back by a shift and turn, followed by this way."""
        left = self.angle - angle
        c, s = cos(left), sin(left)
        return RigidTransform(self.x - c * x + s * y, self.y - s * x - c * y, left)


class Target:
    """The present silhouette, ready to have earlier ones laid onto it.

    Parameters
    ----------
    silhouette
        Soft silhouette, shape (rows, columns), 0 to 1.
    hidden
        Px that tell nothing, shape (rows, columns); none if all tell.

    Notes
    -----
    Inverse-compositional Gauss-Newton: the slopes belong to the target and are
    computed once for all earlier silhouettes and steps.
    """

    def __init__(self, silhouette: Float32, hidden: npt.NDArray[np.bool_] | None = None) -> None:
        self.silhouette, self.hidden = silhouette, hidden
        height, width = silhouette.shape
        self.middle = (width - 1) / 2, (height - 1) / 2
        across, down = _from_middle(width), _from_middle(height)[:, None]
        # How the silhouette changes per px of shift and per radian of turn.
        slopes = np.empty((3, height, width), np.float32)
        cv2.Sobel(silhouette, cv2.CV_32F, 1, 0, dst=slopes[0], scale=0.125)
        cv2.Sobel(silhouette, cv2.CV_32F, 0, 1, dst=slopes[1], scale=0.125)
        np.multiply(slopes[1], across, out=slopes[2])
        slopes[2] -= slopes[0] * down
        if hidden is not None:
            slopes[:, hidden] = 0
        self.slopes = slopes.reshape(3, -1)
        self.solve = _inverse_normal(self.slopes)

    def align(
        self, earlier: Float32, start: RigidTransform, steps: int
    ) -> tuple[Float32, RigidTransform]:
        """Lay an earlier silhouette onto this one.

        Parameters
        ----------
        earlier
            Soft silhouette of the same shape.
        start
            First guess of the way from this silhouette to the earlier one.
        steps
            How often the guess is improved: each step costs one warp.

        Returns
        -------
        tuple
            What differs after the earlier silhouette was laid onto this one,
            shape (rows, columns), and the way found.
        """
        transform = start
        differs = self._warp(earlier, transform) - self.silhouette
        for _ in range(steps):
            shift = self.solve @ (self.slopes @ differs.ravel())
            transform = transform.corrected(*shift.tolist())
            differs = self._warp(earlier, transform) - self.silhouette
        if self.hidden is not None:
            differs[self.hidden] = 0
        return differs, transform

    def _warp(self, picture: Float32, transform: RigidTransform) -> Float32:
        """Return a picture looked up where a way leads."""
        c, s, (x, y) = cos(transform.angle), sin(transform.angle), self.middle
        matrix = np.array(
            (c, -s, x - c * x + s * y + transform.x, s, c, y - s * x - c * y + transform.y)
        )
        return cv2.warpAffine(  # type: ignore[return-value]
            picture, matrix.reshape(2, 3), picture.shape[::-1], flags=BACKWARDS
        )


@cache
def _from_middle(size: int) -> Float32:
    """Return the px' distances from the middle of a patch, along one of its sides."""
    return np.arange(size, dtype=np.float32) - np.float32((size - 1) / 2)


def _inverse_normal(slopes: Float32) -> npt.NDArray[np.float64]:
    """Return the inverse of the normal matrix of three slopes, each of shape (px,).

    Where a silhouette shows no turn (a disc), or no shift along itself (a bar across the
    patch), the ridge leaves that at 0, and the matrix can be inverted for the rest.
    """
    x, y, turn = slopes
    # A product of small matrices takes three times as long as their six sums.
    xx, yy, tt = float(x @ x), float(y @ y), float(turn @ turn)
    xy, xt, yt = float(x @ y), float(x @ turn), float(y @ turn)
    ridge = 1e-3 + 1e-6 * (xx + yy + tt)
    normal = np.array([[xx + ridge, xy, xt], [xy, yy + ridge, yt], [xt, yt, tt + ridge]])
    return cv2.invert(normal, flags=cv2.DECOMP_CHOLESKY)[1]  # type: ignore[return-value]
