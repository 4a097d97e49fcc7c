"""What is taken from a page to sign, send or print: acts, letters, the sheet that enrols a device."""
