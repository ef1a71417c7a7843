"""What goes over the wire, in standard credit terms. Field names are stable: they are only added to."""
