"""The screens: overview, series, files, comparison."""
