"""What this machine knows about its line: interface counters, negotiated speed, and its own ceilings."""
