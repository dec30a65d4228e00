"""What commands that help to decide say: each answer once, for every form and for the window."""
