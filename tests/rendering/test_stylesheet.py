import re

import pytest

from safetykb.rendering.outline import Tone
from safetykb.rendering.stylesheet import DARK, LIGHT, PAGE, PART


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_contrast(palette):
    """Every text is readable on what is behind it, in light and in dark."""
    for ground in ("page", "surface"):
        for text in ("ink", "muted", "link"):
            assert contrast(palette[text], palette[ground]) >= 4.5
    for tone in Tone:
        assert contrast(palette[tone.value], palette[f"{tone.value}-back"]) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_borders(palette):
    """The border of a badge that says a concern can be seen."""
    for tone in set(Tone) - {Tone.NEUTRAL}:
        assert contrast(palette[f"{tone.value}-edge"], palette["page"]) >= 3


@pytest.mark.parametrize("style", [PAGE, PART])
def test_tones_differ_without_colour(style):
    """Each tone has a border of its own, so that colour is not all that tells them apart."""
    rules = {tone: re.findall(rf"\.tone-{tone.value}\{{(.*)\}}", style) for tone in Tone}
    borders = [re.findall(r"border[^:]*:[^v;}]+", " ".join(rules[tone])) for tone in Tone]
    assert all(borders)
    assert len({tuple(border) for border in borders}) == len(Tone)


def test_palettes():
    """Light and dark name the same colours."""
    assert set(LIGHT) == set(DARK)


@pytest.mark.parametrize("style", [PAGE, PART])
def test_style_is_closed(style):
    """A style asks for nothing and cannot end its element."""
    assert not any(word in style for word in ("url(", "@import", "</", "expression"))
    assert style.count("{") == style.count("}")
