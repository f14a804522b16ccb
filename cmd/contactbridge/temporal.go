package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/log"
)

// temporalFromEnvironment reads TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and, for TLS and API keys, the variables of
// Temporal's own environment configuration.
func temporalFromEnvironment() (client.Options, error) {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return options, fmt.Errorf("TEMPORAL_…: the variables do not fit together: %w", err)
	}
	return options, nil
}

// dialTemporal connects and asks whether the server serves and knows the namespace.
func dialTemporal(ctx context.Context, options client.Options, logger *slog.Logger) (client.Client, error) {
	options.Logger = log.NewStructuredLogger(logger.With("part", "temporal"))
	dial, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	c, err := client.DialContext(dial, options)
	if err != nil {
		return nil, fmt.Errorf("TEMPORAL_ADDRESS: no Temporal answers at %s", or(options.HostPort, client.DefaultHostPort))
	}
	namespace := or(options.Namespace, client.DefaultNamespace)
	if _, err := c.WorkflowService().DescribeNamespace(dial, describe(namespace)); err != nil {
		c.Close()
		return nil, fmt.Errorf("TEMPORAL_NAMESPACE: Temporal knows no namespace %q or refuses us", namespace)
	}
	return c, nil
}

func describe(namespace string) *workflowservice.DescribeNamespaceRequest {
	return &workflowservice.DescribeNamespaceRequest{Namespace: namespace}
}
