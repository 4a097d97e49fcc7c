"""What is wrong with this device, on one page, for people who are not technical."""
