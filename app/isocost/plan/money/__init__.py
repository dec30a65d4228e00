"""Money: rents, the bill, cash by month, ownership, energy, slip and options."""
