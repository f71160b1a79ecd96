"""The pages of the guide, one per step; what connects them is the window's business."""
