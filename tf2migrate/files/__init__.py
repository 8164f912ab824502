"""Files: which ones, their facts in parallel, writing them without a half-written moment."""
