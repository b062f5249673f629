"""The panels' first address, which other people's code may use: see `utils.panels`."""

from utils.panels import Action, Choice, Slider, SliderPanel, Tabs, Text

__all__ = ["Action", "Choice", "Slider", "SliderPanel", "Tabs", "Text"]
