"""The tour: three questions, each asked before its answer is shown."""
