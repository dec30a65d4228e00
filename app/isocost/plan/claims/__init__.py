"""What others say that training took: read, completed, checked against physics, prices and our estimate."""
