"""Whether Segment can reach the relay: checked step by step, and what was seen while nobody looked."""
