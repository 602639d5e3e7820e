"""What a sentence asks of robots that swim among cells, and what they are asked about."""
