"""Tasks run one by one, in processes or on a cluster, with their progress and faults."""
