"""The Fit tab: memory, time of a step, layouts, nearest runs."""
