"""What agents ask, and what keeps many of them within limits."""
