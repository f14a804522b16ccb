package vtiger

import (
	"context"
	"net/url"
	"slices"
	"time"

	"contactbridge/internal/contact"
)

// Info is what vTiger says about itself and the integration account.
type Info struct {
	Version  string        // of vTiger: "8.3.0"
	UserID   string        // the integration account: "19x1"
	Admin    bool          // whether it is an administrator
	TimeZone string        // of the integration account
	Modules  []string      // the types visible to it
	Ahead    time.Duration // how far vTiger's clock is ahead of ours, to about a second
}

// Check connects and tells whether this vTiger and account can be used. Kind NeedsAdmin when the account is no
// administrator, or when Contacts are not visible; what was learned so far is given then too.
func (c *Client) Check(ctx context.Context) (Info, error) {
	const doing = "check the connection to vTiger"
	modules, err := c.Modules(ctx)
	if err != nil {
		return Info{}, err
	}
	s, err := c.known(ctx)
	if err != nil {
		return Info{}, err
	}
	info := Info{
		Version: s.Version, UserID: s.UserID, Admin: s.IsAdmin == "on", TimeZone: s.TimeZone,
		Modules: modules, Ahead: time.Until(s.now()),
	}
	refuse := func(sentence string) (Info, error) {
		return info, &contact.Error{Kind: contact.NeedsAdmin, Doing: doing, Sentence: sentence}
	}
	if !slices.Contains(modules, "Contacts") {
		return refuse("vTiger shows no Contacts to this account. In vTiger 8.2 and 8.3.0 a known bug hides all modules from " +
			"users without the global right to view all records (upstream issue 1934, repaired in November 2024): update vTiger, " +
			"or use an administrator's account; if the account is one, enable the Contacts module.")
	}
	if !info.Admin {
		return refuse("The integration account is no vTiger administrator: only administrators can read the list of users. " +
			"Use an administrator's account.")
	}
	return info, nil
}

// Modules lists the types visible to the integration account, those that are no modules (Groups, Currency) included.
func (c *Client) Modules(ctx context.Context) ([]string, error) {
	var types struct {
		Types []string `json:"types"`
	}
	err := c.read(ctx, "list the modules of vTiger", "listtypes", url.Values{}, &types)
	return types.Types, err
}
