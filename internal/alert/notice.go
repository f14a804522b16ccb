// Package alert words what people are told of trouble, and sends it: to a webhook and by e-mail. It keeps nothing.
package alert

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"contactbridge/internal/contact"
)

// The kinds of alerts besides the troubles of connections.
const (
	SecretExpires = "secret-expires" // the app's client secret ends soon
	Invitation    = "invitation"     // a user is to connect a mailbox
	Test          = "test"           // an admin tried the settings out
)

// Notice is what one receiver is told. It holds no contact's data and no secret.
type Notice struct {
	ID         string    `json:"id"`   // the same at every attempt
	Kind       string    `json:"kind"` // needs-sign-in, needs-admin, secret-expires, invitation, test
	Connection string    `json:"connection,omitempty"`
	Module     string    `json:"module,omitempty"`
	UserID     string    `json:"userId,omitempty"`
	UserName   string    `json:"userName,omitempty"`
	What       string    `json:"what"` // is wrong, as a sentence
	Do         string    `json:"do"`   // what mends it, as a sentence
	Link       string    `json:"link"` // where that is done
	At         time.Time `json:"at"`   // since when
	Last       bool      `json:"last"` // no more of this kind for an hour
}

// todo says what mends each kind.
var todo = map[string]string{
	string(contact.NeedsSignIn): "Open the link, sign in to Contact Bridge and connect the mailbox again (step 2). Nothing is lost: the sync goes on where it stopped.",
	string(contact.NeedsAdmin):  "An administrator has to change this. Nothing is lost: the sync goes on where it stopped.",
	SecretExpires:               "Make a new client secret for the app in Microsoft Entra, and save it with its end in the Microsoft settings (step 1).",
	Test:                        "Nothing has to be done.",
}

// Worded fills in what the kind says.
func (n Notice) Worded(publicURL string) Notice {
	n.Do, n.Link = todo[n.Kind], publicURL
	return n
}

// Subject is a line for a list of messages.
func (n Notice) Subject() string {
	switch n.Kind {
	case string(contact.NeedsSignIn):
		return "Contact Bridge: the mailbox of " + n.whose() + " needs a sign-in"
	case string(contact.NeedsAdmin):
		return "Contact Bridge: the sync of " + n.whose() + " needs an administrator"
	case SecretExpires:
		return "Contact Bridge: the Microsoft client secret expires soon"
	case Invitation:
		return "Contact Bridge: connect your mailbox"
	}
	return "Contact Bridge: a test message"
}

func (n Notice) whose() string { return cmp.Or(n.UserName, "a user") }

// Text is the message for a person.
func (n Notice) Text() string {
	lines := []string{n.What, "", n.Do, "", n.Link}
	if n.Connection != "" {
		lines = append(lines, "", "User: "+n.UserName, "Module: "+n.Module, "Connection: "+n.Connection, "Since: "+n.At.UTC().Format("2006-01-02 15:04 UTC"))
	}
	if n.Last {
		lines = append(lines, "", "There are many messages of this kind now. For an hour you get no more of them; the list of connections shows all that are in trouble.")
	}
	return strings.Join(lines, "\n") + "\n"
}

// JSON is the message for a program.
func (n Notice) JSON() ([]byte, error) { return json.Marshal(n) }
