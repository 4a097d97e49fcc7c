"""The collector: plans, receives, judges and shows; the measurement server lives beside it."""
