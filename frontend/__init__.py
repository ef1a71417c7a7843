"""The analyst's app. It knows only the wire: it speaks HTTP to the service and imports none of it."""
