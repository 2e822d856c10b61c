"""What a person sees who explores in a notebook."""
