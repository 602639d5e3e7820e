"""A Panda on a table: world, tasks, cameras and Gymnasium environments."""
