package devstack_test

import (
	"os"
	"testing"

	"contactbridge/internal/devstack"
)

// asHelper makes the test program a short-lived owner of servers instead of running tests.
const asHelper = "CONTACTBRIDGE_DEVSTACK_HELPER"

func TestMain(m *testing.M) {
	if os.Getenv(asHelper) != "" {
		helper()
		return
	}
	devstack.Main(m)
}

// needPostgres and needTemporal end the test when the means are missing, by the rules of every other package.
func needPostgres(t *testing.T) { devstack.Database(t) }

func needTemporal(t *testing.T) (address, namespace string) { return devstack.Namespace(t) }
