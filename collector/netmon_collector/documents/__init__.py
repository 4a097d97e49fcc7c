"""What is printed, answered and kept as evidence: values of the domain as JSON documents."""
