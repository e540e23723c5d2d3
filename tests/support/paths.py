"""Where the tests find the checkout, the demo's mail and, if it is there, the shared corpus."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "patchwatch" / "cli" / "demo"
EXAMPLE_CONFIG = ROOT / "config.example.toml"
CORPUS = ROOT.parent / "shared" / "corpus"
