"""What an agent takes of its machine: memory, processor, flash, installed size."""
