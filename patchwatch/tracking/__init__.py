"""The parts of the tracker, a subject each; patchwatch.tracker puts them together."""
