"""What every page shares: its frame, the navigation, the static files and how it is answered."""
