"""Any figure of an answer, down to what it is made of and where that comes from."""
