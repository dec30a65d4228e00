"""What the commands that help to decide say, and the window with them."""
