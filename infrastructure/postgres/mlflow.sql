-- Run once, when the volume is new: MLflow's tables stand apart from the decisions.
CREATE DATABASE mlflow;
