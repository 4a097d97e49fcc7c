"""Evidence packs and how to check one: no database, no web, no Babel, so that it also runs as a single file."""
