"""The tabs, a room each: page, views and inputs of its own."""
