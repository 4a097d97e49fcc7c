"""The measurement methods: one file each and one table (table.py)."""
