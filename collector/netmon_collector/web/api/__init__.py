"""What other programs ask: JSON and CSV."""
