"""The analyst's app. It knows only the wire: it asks the service by HTTP and imports none of it."""
