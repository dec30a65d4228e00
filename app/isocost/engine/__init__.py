"""Physics of training and generation: numpy only; knows no money, no files, no Qt."""
