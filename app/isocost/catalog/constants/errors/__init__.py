"""Constants of how far off predictions are: by class of runs, over whole runs, and alike on two parts."""
