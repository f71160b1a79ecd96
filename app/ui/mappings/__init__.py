"""The list of mappings, presets to begin with, and the history of saved versions."""
