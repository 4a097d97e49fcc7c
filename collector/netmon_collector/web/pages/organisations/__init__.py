"""Every organisation in a table: ordered, filtered, taken away."""
