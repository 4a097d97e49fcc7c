"""What belongs to whoever is signed in: their roles, their password, their sessions."""
