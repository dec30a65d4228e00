"""What is said of a plan solved backwards: offers, ranks, maps, ladders."""
