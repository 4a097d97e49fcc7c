"""What the collector does, as plain functions whose dependencies are keywords."""
