"""Drawings as SVG text, for pages and reports alike; each shape has its colour and a class for style sheets."""
