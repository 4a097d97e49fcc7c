"""Sampled mutants of the judging domain: which changes of the code no test notices."""
