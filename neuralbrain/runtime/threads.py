"""One numeric thread everywhere.

Ray starts its workers with ``OMP_NUM_THREADS=1``. Another number in the inline runtime changes the order
of additions inside BLAS and OpenCV, and with it the last bits of results, and with those the trace.
"""

import os
import sys

from threadpoolctl import threadpool_limits

VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")


def pin_threads() -> None:
    """Limit every numeric library, loaded already or later, to one thread."""
    for name in VARIABLES:
        os.environ[name] = "1"
    threadpool_limits(limits=1)
    if "cv2" in sys.modules:
        sys.modules["cv2"].setNumThreads(1)
