"""The contracts between agent, collector and measurement server; docs/wire.md describes them for other programs."""
