"""What a transfer sets out to find: when it has seen enough, and what that means."""
