package console

import (
	"strings"

	"contactbridge/internal/client"
)

// invitation is a link by which a user signs in with a mailbox, shown to whoever made it.
type invitation struct {
	URL, Who, Invited string
	Until             moment
	Sent              bool
	Notice            string // why it was not sent
}

// inviteUser makes a link for a user, with a connection if there is none yet, and may send it.
func inviteUser(v *visit) error {
	user, rest, _ := strings.Cut(v.posted("invited"), " ")
	connection, who, _ := strings.Cut(rest, " ")
	if connection == "" {
		made, err := ask(v.api.CreateConnectionWithResponse(v.Request.Context(), client.ConnectInputBody{Module: "Contacts", UserID: &user}))
		if err != nil {
			return err
		}
		connection = made.JSON201.ID
	}
	send := v.posted("send") != ""
	a, err := ask(v.api.InviteWithResponse(v.Request.Context(), connection, client.InvitationInputBody{Send: &send}))
	if p := mendable(err); p != nil {
		p.Errors = nil // there is no field to mend: the sentence stands above
		return p
	}
	if err != nil {
		return err
	}
	return showWith(v, func(p *usersPage) {
		p.Invitation = &invitation{
			URL: a.JSON201.URL, Who: who, Invited: user + " " + connection + " " + who, Until: v.moment(a.JSON201.ExpiresAt),
			Sent: a.JSON201.Sent, Notice: text(a.JSON201.Notice),
		}
	})
}
