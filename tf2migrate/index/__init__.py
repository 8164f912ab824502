"""Facts of all files joined: names, values, programs; no syntax trees."""
