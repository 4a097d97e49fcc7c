"""The line between measurements: probes, latency windows, outages."""
