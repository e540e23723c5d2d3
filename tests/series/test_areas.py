"""The parts of the kernel that a posting is for."""

from __future__ import annotations

import pytest

from patchwatch.series.areas import areas_of, larger


@pytest.mark.parametrize(
    ("title", "areas"),
    [
        ("PCI: Fix the reset of a slot", ("pci",)),
        ("PCI: brcmstb: Fix the reset of a slot", ("pci", "pci: brcmstb")),
        ("pci: BRCMSTB : fix the reset", ("pci", "pci: brcmstb")),
        ("PCI/pwrctrl: Move a call", ("pci", "pci: pwrctrl")),
        ("drivers/thermal/frob: Move a call", ("thermal", "thermal: frob")),
        ("thermal/drivers/frob: Move a call", ("thermal", "thermal: drivers")),
        ("drm/frob/gt: hw: Move a call", ("drm", "drm: frob")),
        ("i2c: npcm: read/write operation, checkpatch", ("i2c", "i2c: npcm")),
        ("mmc: core, block: Use one queue", ("mmc", "mmc: core, block")),
        ("dt-bindings: PCI: frob: Add a clock", ("pci", "pci: frob")),
        ("arm64: dts: frob: Add a clock", ("frob",)),
        ("dt-bindings: add a vendor", ()),
        ('Revert "gpio: frob: Add a clock"', ("gpio", "gpio: frob")),
        ("fixup! gpio: frob: Add a clock", ("gpio", "gpio: frob")),
        ("Add a driver for the Frob", ()),
        ("Frob support: first part of the big series: driver", ("frob support",)),
        ("This is what I would like to have: a frob", ()),
        ("", ()),
    ],
)
def test_a_title_names_them(title: str, areas: tuple[str, ...]) -> None:
    assert areas_of(title, [title]) == areas


@pytest.mark.parametrize(
    ("patches", "areas"),
    [
        (("dt-bindings: i2c: frob: Add it", "i2c: frob: Add it", "arm64: dts: zap: Add it"), ("i2c", "i2c: frob")),
        (("i2c: frob: Add it", "i2c: zap: Add it", "i2c: Add it", "i2c: pop: Add it", "i2c: core: x"), ("i2c",)),
        (("gpio: frob: Add it", "pinctrl: frob: Add it", "pinctrl: frob: Drop it"), ("pinctrl", "pinctrl: frob")),
        (("mfd: frob: Add it", "mfd: zap: Add it", "mfd: core: x"), ("mfd", "mfd: pop")),
        (("Add it", "Drop it"), ("mfd", "mfd: pop")),
    ],
)
def test_of_several_patches_what_most_name_counts(patches: tuple[str, ...], areas: tuple[str, ...]) -> None:
    assert areas_of("mfd: pop: Add support for the Frob", patches) == areas


def test_the_larger_area_follows_from_the_smaller_one() -> None:
    assert [larger(area) for area in ("pci: brcmstb", "pci", "")] == ["pci", "", ""]
