"""The page of one line: what was found, hour by hour, and the evidence behind every figure."""
