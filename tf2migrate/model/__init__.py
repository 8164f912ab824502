"""The frozen data that flows through the tool; imports nothing else of it."""
