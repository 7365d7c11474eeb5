"""A self-hosted customer portal for one service business."""
