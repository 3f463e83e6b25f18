"""What a study is given: its study file, animals, plan, measures, and the key of a blind study."""
