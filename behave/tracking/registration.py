"""Rigid registration of small silhouettes: what remains is the body's own change of shape.

An animal that drifts or turns as a whole with the water is passive. Laying its
earlier silhouette onto the present one by the best shift and turn takes that
away; limbs that stroke cannot be laid onto each other and remain. Without the
turn, slow rotation while floating is taken for swimming.
"""

import cv2
import numpy as np
import numpy.typing as npt

from behave.tracking.video import Float32

Float64 = npt.NDArray[np.float64]
STEPS = 3
SMALL_STEP = 0.02  # px or 1/50 of a pixel at the body's end; further steps change nothing


class Target:
    """The present silhouette, ready to have earlier ones laid onto it.

    Parameters
    ----------
    silhouette
        Soft silhouette, shape (n, n), 0 to 1.
    """

    def __init__(self, silhouette: Float32) -> None:
        self.silhouette = silhouette
        size = silhouette.shape[0]
        at = np.arange(size, dtype=np.float32) - (size - 1) / 2
        across = cv2.Sobel(silhouette, cv2.CV_32F, 1, 0, scale=0.125)
        down = cv2.Sobel(silhouette, cv2.CV_32F, 0, 1, scale=0.125)
        turn = down * at[None, :] - across * at[:, None]
        # How the silhouette changes per px of shift and per radian of turn.
        self.slopes = np.stack([across.ravel(), down.ravel(), turn.ravel()])
        normal = (self.slopes @ self.slopes.T).astype(np.float64)
        # A round or empty silhouette has no turn; the ridge leaves it at 0.
        normal[np.diag_indices(3)] += 1e-3 + 1e-6 * np.trace(normal)
        self.solve = np.linalg.inv(normal)

    def lay(self, earlier: Float32, start: Float64) -> tuple[Float32, Float64]:
        """Lay an earlier silhouette onto this one.

        Parameters
        ----------
        earlier
            Soft silhouette of the same shape.
        start
            First guess: matrix that takes the target's px to the earlier's,
            shape (3, 3).

        Returns
        -------
        tuple
            The earlier silhouette laid onto the target, and the matrix found.

        Notes
        -----
        Inverse-compositional Gauss-Newton: slopes belong to the target and
        are computed once for all earlier silhouettes and steps.
        """
        matrix = start
        laid = _warp(earlier, matrix)
        for _ in range(STEPS):
            shift = self.solve @ (self.slopes @ (laid - self.silhouette).ravel())
            matrix = matrix @ _inverse_motion(shift, self.silhouette.shape[0])
            laid = _warp(earlier, matrix)
            if abs(shift[0]) + abs(shift[1]) < SMALL_STEP and abs(shift[2]) < SMALL_STEP / 20:
                break
        return laid, matrix


def motion_matrix(x: float, y: float, angle: float, size: int) -> Float64:
    """Return the matrix of a turn about the middle of a picture and a shift, shape (3, 3)."""
    middle = (size - 1) / 2
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array(
        [
            [cosine, -sine, middle - cosine * middle + sine * middle + x],
            [sine, cosine, middle - sine * middle - cosine * middle + y],
            [0.0, 0.0, 1.0],
        ]
    )


def _inverse_motion(shift: Float64, size: int) -> Float64:
    """Return the inverse of a small shift and turn."""
    x, y, angle = (float(value) for value in shift)
    inverse: Float64 = np.linalg.inv(motion_matrix(x, y, angle, size))
    return inverse


def _warp(picture: Float32, matrix: Float64) -> Float32:
    """Return a picture looked up at the px that a matrix gives."""
    size = picture.shape[1], picture.shape[0]
    warped: Float32 = cv2.warpAffine(
        picture, matrix[:2], size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    ).astype(np.float32, copy=False)
    return warped
