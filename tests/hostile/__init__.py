"""Mail that was written, or broken, to stop the program."""
