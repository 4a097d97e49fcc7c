"""The commands of netmon-collector: one module a group, one table in cli/run.py."""
