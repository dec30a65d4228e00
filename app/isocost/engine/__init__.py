"""Physics of training and generation: numpy only; knows no money, no files, no Qt."""

import numpy as np

# The C library's allocator hands freed memory back to the system, to fault it in again page by page, until
# it has seen one large block freed (glibc heeds those under 32 MiB). A search makes many short-lived arrays.
# The block itself is never touched, so it costs nothing.
np.empty(31 << 20, dtype=np.uint8)
