"""Every byte of two checkpoints, read once, in parallel, in bounded memory."""
