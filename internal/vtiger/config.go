package vtiger

import (
	"net/url"
	"strings"

	"contactbridge/internal/contact"
)

// Config names a vTiger and the account to use there.
type Config struct {
	URL       string // where a browser opens the CRM; webservice.php is added
	Username  string
	AccessKey string // from the user's preferences in vTiger; not the password
}

// EnsureValid refuses what cannot work, without asking vTiger. Blames tells the field of its error.
func (c Config) EnsureValid() error {
	bad := func(field, sentence string) error {
		return &contact.Error{Kind: contact.BadInput, Doing: "check the vTiger settings", Code: field, Sentence: sentence}
	}
	u, err := url.Parse(strings.TrimSpace(c.URL))
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
		return bad(urlField, "Enter the address of vTiger, beginning with https:// or http://.")
	case u.User != nil:
		return bad(urlField, "Leave user name and password out of the address.")
	case strings.TrimSpace(c.Username) == "":
		return bad(usernameField, "Enter the user name of the integration account.")
	case strings.TrimSpace(c.AccessKey) == "":
		return bad(keyField, "Enter the access key of the integration account.")
	}
	return nil
}

// The fields of a Config as people enter it.
const (
	urlField      = "url"
	usernameField = "username"
	keyField      = "accessKey"
)

// Address is the CRM's address without a trailing slash, whatever page of it was entered; empty when it is none.
func (c Config) Address() string {
	u, err := url.Parse(strings.TrimSpace(c.URL))
	if err != nil {
		return ""
	}
	u.RawQuery, u.Fragment, u.User = "", "", nil
	for _, page := range []string{"webservice.php", "index.php"} {
		u.Path = strings.TrimSuffix(u.Path, page)
	}
	u.Path = strings.TrimRight(u.Path, "/")
	return u.String()
}

func (c Config) webservice() string { return c.Address() + "/webservice.php" }

func (c Config) mobile() string { return c.Address() + "/modules/Mobile/api.php" }
