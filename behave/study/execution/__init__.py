"""Running tasks in this process, in other processes or on a cluster, with their progress."""
