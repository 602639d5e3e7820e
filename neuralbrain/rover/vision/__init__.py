"""From pictures to pillars, balls and obstacles."""
