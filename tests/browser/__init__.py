"""Pages in a real browser: that hostile text does nothing there, and how they look and are read."""
