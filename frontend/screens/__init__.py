"""What each page shows; the files of ``entries`` only call these."""
