"""The Ledger tab: the whole bill, when it is paid, and what else the money could do."""
