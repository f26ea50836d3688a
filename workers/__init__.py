"""Jobs: settings, the job table, blobs, the broker, and the processes that run extraction."""
