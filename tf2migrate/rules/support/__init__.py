"""What several rules need to write code: spelling of names, layout of calls."""
