"""Plans on paper: tables and pages for people without the app."""
