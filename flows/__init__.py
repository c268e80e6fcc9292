"""Prefect flows: what brings readers, corpus and checks together."""
