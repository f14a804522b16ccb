package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"github.com/google/uuid"

	"contactbridge/internal/alert"
	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// invitationLife is how long a link that is sent to somebody may be used.
const invitationLife = 7 * 24 * time.Hour

type invitationInput struct {
	ID   string `path:"id" maxLength:"64" doc:"The connection"`
	Body *struct {
		Send bool `json:"send,omitempty" doc:"Send it by e-mail to the vTiger user's address, by the mail server of the alert settings"`
	}
}

type invitationOutput struct {
	Body struct {
		URL       string    `json:"url" doc:"Whoever opens it signs in to Microsoft for this connection, without a sign-in here; it works once, and replaces an earlier invitation"`
		ExpiresAt time.Time `json:"expiresAt"`
		Sent      bool      `json:"sent" doc:"The mail server took it"`
		Notice    string    `json:"notice,omitempty" doc:"Why it was not sent; the link is valid all the same"`
	}
}

func (s *Server) invitationRoutes(r routes) {
	op := on(http.MethodPost, connectionsPath+"/{id}/invitation", "Step 2: mailbox and settings", "invite",
		"Get a link of seven days for the connection's user, to sign in to Microsoft with the mailbox", http.StatusNotFound, http.StatusConflict)
	op.DefaultStatus = http.StatusCreated
	add(r, syncing, op, s.invite)
}

func (s *Server) invite(ctx context.Context, in *invitationInput) (*invitationOutput, error) {
	c, err := s.signable(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	send := in.Body != nil && in.Body.Send
	var letter letter
	if send {
		if letter, err = s.letterFor(ctx, c); err != nil {
			return nil, err
		}
	}
	token, expires := rand.Text(), time.Now().Add(invitationLife).UTC().Truncate(time.Second)
	if err := s.Ledger.Invite(ctx, token, c.ID, expires); err != nil {
		return nil, err
	}
	out := &invitationOutput{}
	out.Body.URL, out.Body.ExpiresAt = s.PublicURL+connectPath+token, expires
	if !send {
		return out, nil
	}
	if err := letter.send(ctx, out.Body.URL); err != nil {
		out.Body.Notice = contact.SentenceOf(err) + " Give the link to the user in another way, or ask again."
		return out, nil
	}
	out.Body.Sent = true
	return out, nil
}

// letter is an invitation that can be sent.
type letter struct {
	server alert.SMTP
	to     ledger.User
}

// letterFor refuses what cannot be sent, before a link is made.
func (s *Server) letterFor(ctx context.Context, c ledger.Connection) (letter, error) {
	a, err := s.Ledger.AlertSettings(ctx)
	if err != nil {
		return letter{}, err
	}
	owner, err := s.Ledger.User(ctx, c.UserID)
	switch {
	case err != nil:
		return letter{}, err
	case a.SMTPHost == "":
		return letter{}, refuseField("body.send", "No mail server is set in the alert settings; leave it out, and hand the link over in another way.")
	case owner.Email == "":
		return letter{}, refuseField("body.send", "vTiger has no e-mail address of this user; leave it out, and hand the link over in another way.")
	}
	return letter{alert.SMTP{Host: a.SMTPHost, Port: a.SMTPPort, Username: a.SMTPUsername, Password: a.SMTPPassword, From: a.From}, owner}, nil
}

func (l letter) send(ctx context.Context, link string) error {
	return l.server.Send(ctx, l.to.Email, alert.Notice{
		ID: uuid.NewString(), Kind: alert.Invitation, UserName: l.to.UserName, Link: link, At: time.Now().UTC(),
		What: "The contacts of your mailbox can be synced with those of the vTiger user " + l.to.Title() + " (" + l.to.UserName + ").",
		Do:   "Open the link and sign in to Microsoft with the mailbox. It works once, within seven days. If that is not you, do nothing.",
	})
}
