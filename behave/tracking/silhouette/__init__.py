"""The tracker that needs no training: from the animal's silhouette to its motion."""
