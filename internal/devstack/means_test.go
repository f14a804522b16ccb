package devstack_test

import "testing"

// TestMeans brings up what the other packages' tests use: run alone, it installs and builds what is missing and shows
// the progress.
func TestMeans(t *testing.T) {
	needPostgres(t)
	needTemporal(t)
}
