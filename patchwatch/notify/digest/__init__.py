"""The daily digest: what a maintainer reads before anything else."""
