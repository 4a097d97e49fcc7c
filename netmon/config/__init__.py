"""Reading configuration files strictly: every error names file, line, key and the mend."""
