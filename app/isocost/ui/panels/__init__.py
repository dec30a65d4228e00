"""Headline, dialogs and lists around the charts."""
