"""What a sentence asks of a rover, and how it is done."""
