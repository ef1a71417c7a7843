"""The trials of ``utilities.soak``: what is done to the service, and what must hold then."""
