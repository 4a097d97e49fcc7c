"""Accuracy, traffic and processor time of netmon beside its peers, on lines drawn at random, in one run."""
