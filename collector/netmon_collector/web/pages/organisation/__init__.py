"""One organisation: its verdict and why, its buildings and lines, how it stood before."""
