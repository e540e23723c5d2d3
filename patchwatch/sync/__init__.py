"""From mail and commits to an up-to-date database."""
