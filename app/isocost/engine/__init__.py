"""Physics of training and generation: numpy only; knows no money, no files, no Qt.

One function is one physical relation, arrays in and out; SI throughout (seconds, bytes, FLOP/s). Symbols in
docstrings: N parameters, D tokens, C FLOPs; L layers (in ``scaling`` the loss), h hidden size, a heads, d
width of a head, E experts of which a token meets k; s tokens a sequence, b sequences a microbatch, m
microbatches a step, T = b s / cp tokens of a rank; tp, pp, vp, cp, ep and dp the degrees of tensor, pipeline,
interleaved, context, expert and data parallelism. Arguments named t, w, m, a and c are transformers,
workloads, machines, an accelerator and serving constants.
"""

import numpy as np

# The C library's allocator hands freed memory back to the system, to fault it in again page by page, until
# it has seen one large block freed (glibc heeds those under 32 MiB). A search makes many short-lived arrays.
# The block itself is never touched, so it costs nothing.
np.empty(31 << 20, dtype=np.uint8)
