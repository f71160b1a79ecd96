"""The filter language of Close's search and how it is evaluated."""
