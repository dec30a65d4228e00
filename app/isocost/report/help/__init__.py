"""The pages of ``docs`` as the window and the command line show them."""
