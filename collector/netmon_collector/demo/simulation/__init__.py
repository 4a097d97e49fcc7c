"""A made-up district with months of history, marked as emulated in every record: to look at pages and documents."""
