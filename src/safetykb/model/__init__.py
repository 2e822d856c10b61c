"""What things are: frozen attrs classes without input or output."""
