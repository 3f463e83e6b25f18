"""EthoVision XT's exported tracks as a source of motion."""
