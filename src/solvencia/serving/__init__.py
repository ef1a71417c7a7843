"""Scoring and deciding with a trained model, one applicant or many."""
