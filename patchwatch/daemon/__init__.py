"""The program that runs by itself: what is due, the loop that does it, its log, its hooks."""
