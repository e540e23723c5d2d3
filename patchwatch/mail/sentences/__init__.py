"""What a sentence of a reply says about a patch."""
