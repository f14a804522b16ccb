package vtiger

import (
	"cmp"
	"context"
	"errors"
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
	Warnings []string      // sentences for an admin about what works all the same, such as a clock that is off
}

// Check connects and tells whether this vTiger and account can be used. Kind NeedsAdmin when somebody has to change
// something first; what was learned so far is given then too. Kind Unavailable when vTiger does not answer, or something
// answers that need not be vTiger.
func (c *Client) Check(ctx context.Context) (Info, error) {
	modules, err := c.Modules(ctx)
	if err != nil {
		return Info{}, atConnect(err)
	}
	s, err := c.heard(ctx)
	if err != nil {
		return Info{}, atConnect(err)
	}
	info := Info{
		Version: s.Version, UserID: s.UserID, Admin: s.IsAdmin == "on", TimeZone: s.TimeZone,
		Modules: modules, Ahead: time.Until(s.now()),
	}
	code, objection := "", cmp.Or(tooOld(info), withoutContacts(info))
	if objection == "" {
		code, objection = codeNotAdmin, notAdmin(info)
	}
	if objection == "" {
		// Both cost repeated reading, and lose nothing.
		for _, warning := range []string{clockOff(info), c.zoneOff(ctx, info, s)} {
			if warning != "" {
				info.Warnings = append(info.Warnings, warning)
			}
		}
		return info, nil
	}
	return info, &contact.Error{Kind: contact.NeedsAdmin, Doing: "check the connection to vTiger", Code: code, Sentence: objection}
}

// codeNotAdmin is of an account that vTiger knows and that may do too little.
const codeNotAdmin = "not-admin"

// Blames tells which field of the Config, "url", "username" or "accessKey", an error of EnsureValid or Check asks a person to
// look at; empty when none is to blame.
func Blames(err error) string {
	var e *contact.Error
	switch {
	case !errors.As(err, &e) || e.Sentence == "" || e.Kind == contact.Throttled:
		return ""
	case e.Kind == contact.BadInput:
		return e.Code
	case e.Code == codeCredentials || e.Code == codeToken:
		return keyField
	case e.Code == codeDenied || e.Code == codeNotAdmin:
		return usernameField
	}
	return urlField
}

// Address is where the client finds vTiger: Config's Address.
func (c *Client) Address() string { return c.config.Address() }

// Modules lists the types visible to the integration account, those that are no modules (Groups, Currency) included.
func (c *Client) Modules(ctx context.Context) ([]string, error) {
	var types struct {
		Types []string `json:"types"`
	}
	err := c.read(ctx, "list the modules of vTiger", "listtypes", url.Values{}, &types)
	return types.Types, err
}

func (i Info) shows(module string) bool { return slices.Contains(i.Modules, module) }
