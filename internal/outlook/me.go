package outlook

import (
	"context"

	"github.com/microsoftgraph/msgraph-sdk-go/users"
)

// Mailbox is the signed-in account. Tenant is the tenant of the settings, as entered: Graph does not tell the account's
// own without further permissions.
type Mailbox struct {
	Tenant   string
	ObjectID string
	Address  string // for showing; the user name where there is no address
	Name     string
}

// Me asks whose mailbox this is. Errors are *contact.Error.
func (c *Client) Me(ctx context.Context) (Mailbox, error) {
	const doing = "ask Microsoft whose mailbox this is"
	if err := c.ready(); err != nil {
		return Mailbox{}, err
	}
	info, err := c.me().ToGetRequestInformation(ctx, &users.UserItemRequestBuilderGetRequestConfiguration{
		Headers: immutable(),
		QueryParameters: &users.UserItemRequestBuilderGetQueryParameters{
			Select: []string{"id", "displayName", "mail", "userPrincipalName"},
		},
	})
	if err != nil {
		return Mailbox{}, bug(doing, err)
	}
	var user struct{ ID, DisplayName, Mail, UserPrincipalName string }
	if err := c.read(ctx, doing, info, &user); err != nil {
		return Mailbox{}, err
	}
	if user.ID == "" {
		return Mailbox{}, notJSON(doing)
	}
	box := Mailbox{Tenant: c.tenant, ObjectID: user.ID, Address: user.Mail, Name: user.DisplayName}
	if box.Address == "" {
		box.Address = user.UserPrincipalName
	}
	return box, nil
}
