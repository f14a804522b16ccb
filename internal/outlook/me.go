package outlook

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/microsoftgraph/msgraph-sdk-go/users"

	"contactbridge/internal/contact"
)

// Mailbox is the signed-in account. Tenant is the tenant of the settings, as entered: Graph does not tell the account's
// own without further permissions.
type Mailbox struct {
	Tenant   string
	ObjectID string
	Address  string // for showing; the user name where there is no address
	Name     string
}

// Me asks whose mailbox this is. Errors are *contact.Error. An app that may not read the directory (User.ReadBasic.All) is
// told only of a mailbox that it was given by object id, and then knows no more than that.
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
		return c.unread(err)
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

var objectID = regexp.MustCompile(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// unread is what remains of Me when the directory could not be read.
func (c *Client) unread(err error) (Mailbox, error) {
	var e *contact.Error
	switch {
	case c.user == "" || !errors.As(err, &e):
		return Mailbox{}, err
	case e.Code == "Authorization_RequestDenied" && objectID.MatchString(c.user):
		return Mailbox{Tenant: c.tenant, ObjectID: strings.ToLower(c.user), Address: c.user}, nil
	case e.Code == "Authorization_RequestDenied":
		return Mailbox{}, &contact.Error{
			Kind: contact.NeedsAdmin, Doing: e.Doing, Code: e.Code,
			Sentence: "The app may not look up users by name: give the mailbox user's object id, or grant the app the application permission User.ReadBasic.All.",
		}
	case e.Code == "Request_ResourceNotFound" || e.Code == "ErrorInvalidUser":
		return Mailbox{}, &contact.Error{
			Kind: contact.BadInput, Doing: e.Doing, Code: e.Code, Sentence: "The tenant knows no user of that name or id.",
		}
	}
	return Mailbox{}, err
}
