"""The domain: values and pure functions, without I/O, clock or framework."""
