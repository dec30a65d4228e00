"""What a shell is told of a program that has ended: by a problem, by Ctrl+C, by a closed pipe."""

PROBLEM = 2
"""A problem that one sentence on standard error has told."""
INTERRUPTED = 130
"""As a shell reports a program that Ctrl+C ended: 128 and SIGINT."""
PIPE_CLOSED = 141
"""As a shell reports a program that a closed pipe ended: 128 and SIGPIPE."""
