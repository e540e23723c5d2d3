"""Recognize what the sentences of a mail mean for a patch."""
