"""Documents that people read: printed, mailed, signed."""
