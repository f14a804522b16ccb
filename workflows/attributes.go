package workflows

import (
	"context"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

// The search attributes by which an operator finds runs in the Web UI.
var (
	userAttribute      = temporal.NewSearchAttributeKeyKeyword("ContactBridgeUser")
	directionAttribute = temporal.NewSearchAttributeKeyKeyword("ContactBridgeDirection")
	outcomeAttribute   = temporal.NewSearchAttributeKeyKeyword("ContactBridgeOutcome")
)

// Prepare registers the search attributes that the namespace lacks and returns when there are none such any more. Workflows
// set them only once that was seen: an unknown one keeps a workflow from going on.
func Prepare(ctx context.Context, c client.Client, namespace string) error {
	operator := c.OperatorService()
	known, err := operator.ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return fmt.Errorf("list Temporal's search attributes: %w", err)
	}
	missing := map[string]enumspb.IndexedValueType{}
	for _, name := range []string{userAttribute.GetName(), directionAttribute.GetName(), outcomeAttribute.GetName()} {
		if _, there := known.GetCustomAttributes()[name]; !there {
			missing[name] = enumspb.INDEXED_VALUE_TYPE_KEYWORD
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = operator.AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: namespace, SearchAttributes: missing})
	if err != nil {
		return fmt.Errorf("register Temporal's search attributes: %w", err)
	}
	return nil
}
