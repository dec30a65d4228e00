"""The open project: its history, its newest answer, its file."""
