"""What ``utilities.retrain`` does to git, to the pipeline and to the model that serves."""
