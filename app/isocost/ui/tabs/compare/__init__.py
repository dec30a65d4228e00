"""The Compare tab: scenarios side by side, why one costs more, and one run at every supplier's price."""
