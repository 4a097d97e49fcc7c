"""What the collector's store takes and gives: ingest beside bare inserts, aggregates at a country's size, memory."""
