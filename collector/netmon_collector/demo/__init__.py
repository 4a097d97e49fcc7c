"""The demo: a district on one machine, its lines shaped at random, measured and judged for real."""
