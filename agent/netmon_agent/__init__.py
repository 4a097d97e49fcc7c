"""The agent: measures the lines of one school gateway and reports what it found."""
