"""The plan on one sheet of paper: painted by the screen's own charts, on screen as in a PDF."""
