"""The pages of help in a window of their own."""
