"""The whole state of a session as frozen values: Project > Scenario > Stage, and changes of it."""
