"""Evidence packs: everything that the verdict of one line over one period stands on, in one file."""
