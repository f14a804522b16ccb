package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"

	"contactbridge/internal/devstack"
)

// migrate makes the schema, and the search attributes where a Temporal is named; a second time it changes nothing.
func TestMigratePreparesTemporalToo(t *testing.T) {
	address, namespace := devstack.Namespace(t)
	for name, value := range map[string]string{"DATABASE_URL": devstack.Database(t), "TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": namespace} {
		t.Setenv(name, value)
	}
	var told bytes.Buffer
	require.NoError(t, migrate(t.Context(), nil, &told))
	require.Contains(t, told.String(), "applied 0001_ledger")
	require.Contains(t, told.String(), "Temporal knows the search attributes")
	c, err := client.Dial(client.Options{HostPort: address, Namespace: namespace})
	require.NoError(t, err)
	defer c.Close()
	known, err := c.OperatorService().ListSearchAttributes(t.Context(), &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	require.NoError(t, err)
	for _, name := range []string{"ContactBridgeUser", "ContactBridgeDirection", "ContactBridgeOutcome"} {
		require.Equal(t, enums.INDEXED_VALUE_TYPE_KEYWORD, known.GetCustomAttributes()[name], name)
	}
	told.Reset()
	require.NoError(t, migrate(t.Context(), nil, &told))
	require.Contains(t, told.String(), "the database is up to date")
}
