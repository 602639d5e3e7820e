"""A small wheeled rover in a walled arena: world, tasks, body and Gymnasium environment."""
