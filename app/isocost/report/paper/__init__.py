"""The plan on one page for the person who decides: its words and tables, and the forms it is written in."""
