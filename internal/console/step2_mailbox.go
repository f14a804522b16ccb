package console

import (
	"net/url"

	"contactbridge/internal/client"
)

// accountForms are the forms about the mailbox.
func (v *visit) accountForms(p *panel) error {
	p.SignIn, p.Revoke, p.End = v.form("sign-in", nil), v.form("revoke", nil), v.form("end", nil)
	if !p.Admin {
		return nil
	}
	m, err := ask(v.api.GetMicrosoftWithResponse(v.Request.Context()))
	if err != nil {
		return err
	}
	p.ServiceMailbox = m.JSON200.ServiceMailbox
	mailbox := p.ServiceMailbox
	if p.AdminNamesMailbox {
		mailbox = text(p.SuggestedMailbox)
	}
	p.Assign = v.form("assign", url.Values{"mailbox": {mailbox}})
	return nil
}

// signInMailbox goes on to our own sign-in link, which says for whom a mailbox will be connected.
func signInMailbox(v *visit) error {
	a, err := ask(v.api.AuthorizeWithResponse(v.Request.Context(), v.Param("connection")))
	if err != nil {
		return err
	}
	return elsewhere(a.JSON201.URL)
}

func revokeMailbox(v *visit) error {
	a, err := ask(v.api.RevokeWithResponse(v.Request.Context(), v.Param("connection")))
	if err != nil {
		return err
	}
	v.flash("good", a.JSON200.Sentence)
	return elsewhere(v.action(""))
}

func assignMailbox(v *visit) error {
	body := client.AssignInputBody{Mailbox: v.posted("mailbox")}
	if _, err := ask(v.api.AssignMailboxWithResponse(v.Request.Context(), v.Param("connection"), body)); err != nil {
		return err
	}
	return v.done("step2.assigned")
}

func endConnection(v *visit) error {
	if _, err := ask(v.api.DeleteConnectionWithResponse(v.Request.Context(), v.Param("connection"))); err != nil {
		return err
	}
	return v.doneAt(step2Path, "step2.ended")
}
