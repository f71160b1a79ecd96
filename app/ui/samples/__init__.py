"""Collected events: list, tree, and the ways they come in."""
