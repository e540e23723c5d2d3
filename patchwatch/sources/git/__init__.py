"""Read git repositories, with git confined."""
