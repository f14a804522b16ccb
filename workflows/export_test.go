package workflows

// Latest is the newest version of SyncConnection.
const Latest = int(latest)
