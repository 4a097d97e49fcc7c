"""One module a schema version; a version that was released is never edited."""
