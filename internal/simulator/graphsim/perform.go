package graphsim

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// graph answers one request to Graph.
func (s *Server) graph(c *call) answer {
	var a answer
	if path, _ := url.PathUnescape(c.path); strings.TrimSuffix(path, "/") == graphPrefix+"$batch" {
		a = s.performBatch(c)
	} else if isSubscriptions(c.path) {
		a = s.performSubscription(c)
	} else {
		a = s.perform(c)
	}
	a.header.Set("request-id", c.requestID)
	a.header.Set("client-request-id", c.clientRequestID())
	return a
}

// perform takes one operation, alone or out of a $batch, through sign-in, limits and injected faults.
func (s *Server) perform(c *call) answer {
	r, refused := parseRoute(c.method, c.path)
	if refused != nil {
		return s.deny(c, r.op, refused)
	}
	caller, refused := s.authenticate(c)
	if refused != nil {
		return s.deny(c, r.op, refused)
	}
	owner, refused := s.authorise(caller, r)
	if refused != nil {
		return s.deny(c, r.op, refused)
	}
	set := s.current()
	if !r.inMailbox() {
		return s.finish(c, r.op, s.disturb(c, r.op, owner, func() answer { return s.person(c, owner) }))
	}
	refused, leave := s.throttle.enter(gateKey{caller.clientID, owner.id}, set, s.now())
	defer leave()
	if refused != nil {
		return s.deny(c, r.op, refused)
	}
	if set.Latency > 0 {
		time.Sleep(set.Latency) // not bound to the client: the service goes on when it hangs up
	}
	return s.finish(c, r.op, s.disturb(c, r.op, owner, func() answer {
		a, refused := s.mailboxAnswer(c, r, owner.mailbox, set)
		if refused != nil {
			return s.refuse(c, refused)
		}
		return a
	}))
}

// deny counts a request that was not executed.
func (s *Server) deny(c *call, op string, refused *refusal) answer {
	a := s.refuse(c, refused)
	s.meter.count(a.status, op)
	return a
}

// finish counts a request that was executed, and holds its answer back if asked to.
func (s *Server) finish(c *call, op string, a answer) answer {
	s.meter.count(a.status, op)
	s.faults.hold(c.ctx, op)
	return a
}

func (s *Server) mailboxAnswer(c *call, r route, m *mailbox, set Settings) (answer, *refusal) {
	switch r.op {
	case "folders.list":
		return s.listFolders(c, r, m, set)
	case "folders.create":
		return s.createFolder(c, r, m)
	case "folders.get", "folders.update", "folders.delete":
		return s.oneFolder(c, r, m)
	case "contacts.list":
		return s.listContacts(c, r, m, set)
	case "contacts.create":
		return s.createContact(c, r, m)
	case "delta":
		return s.delta(c, r, m, set)
	}
	return s.oneContact(c, r, m, set)
}

// person answers /me and /users/{id}.
func (s *Server) person(c *call, a *account) answer {
	user := entity{
		"id": a.id, "userPrincipalName": a.UPN, "mail": a.Mail, "displayName": a.DisplayName,
		"businessPhones": []any{}, "givenName": nil, "surname": nil, "jobTitle": nil, "mobilePhone": nil,
		"officeLocation": nil, "preferredLanguage": nil,
	}
	if selected := c.selected(); len(selected) > 0 {
		picked := entity{}
		for _, name := range selected {
			if value, ok := user[name]; ok {
				picked[name] = value
			}
		}
		user = picked
	}
	user["@odata.context"] = c.graphURL("$metadata#users/$entity")
	return jsonAnswer(http.StatusOK, user)
}
