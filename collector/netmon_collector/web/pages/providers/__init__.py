"""The providers: what was bought of them, what was measured, when they were down."""
