"""Every constant of the estimate, from `resources/`, validated, each with its source and date."""
