"""What both ends of a transfer need from the kernel: TCP_INFO, socket options, payload, lines of text."""
