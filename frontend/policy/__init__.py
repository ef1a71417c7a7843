"""The policy as analysts read it and draft it; nothing here asks the service or draws."""
