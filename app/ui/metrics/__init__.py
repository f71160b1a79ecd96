"""The page of figures, and the answer to why nothing happened."""
