"""What keeps a plan from being lost: writing in one step, copies of what is not saved, locks."""
