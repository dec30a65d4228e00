"""Commands that help to decide: budgets, doubt, comparing, claims, reasons."""
