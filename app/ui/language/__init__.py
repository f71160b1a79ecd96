"""The language of the window: catalogues, what Qt asks them for, and texts from below it."""
