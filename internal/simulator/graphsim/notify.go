package graphsim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	validationTime   = 10 * time.Second
	notificationTime = 3 * time.Second
	notificationTry  = 3 // the real service tries for four hours
)

// validated asks an address to give back a token as plain text.
func validated(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	token := "Validation: Testing client application reachability " + newGUID()
	query := u.Query()
	query.Set("validationToken", token)
	u.RawQuery = query.Encode()
	client := http.Client{Timeout: validationTime}
	res, err := client.Post(u.String(), "text/plain; charset=utf-8", nil)
	if err != nil {
		return false
	}
	defer func() { _ = res.Body.Close() }()
	echoed, err := io.ReadAll(io.LimitReader(res.Body, 1<<10))
	return err == nil && res.StatusCode == http.StatusOK && string(echoed) == token && strings.HasPrefix(res.Header.Get("Content-Type"), "text/plain")
}

// changed tells the subscribers of a folder; the mailbox's lock is held, so they are told later.
func (s *Server) changed(owner *account, f *folder, kind string, it *item) {
	if s.subscriptions.any.Load() {
		go s.tell(owner, f.id, kind, it.immutableID, it.etag())
	}
}

// tell sends one change to whom it concerns. Notifications come in no order, may be lost, and then are said to be missed.
func (s *Server) tell(owner *account, folder, kind, id, etag string) {
	for _, x := range s.concerned(owner, folder, kind) {
		s.subscriptions.mu.Lock()
		lost := s.subscriptions.lose > 0
		if lost {
			s.subscriptions.lose--
		}
		s.subscriptions.mu.Unlock()
		if lost {
			s.sendLifecycle(x, "missed")
			continue
		}
		resource := "Users/" + owner.id + "/Contacts/" + id
		note := x.note()
		note["changeType"], note["resource"] = kind, resource
		note["resourceData"] = entity{"@odata.type": "#Microsoft.Graph.Contact", "@odata.id": resource, "@odata.etag": etag, "id": id}
		s.send("notify", x.notificationURL, note)
	}
}

// concerned copies the subscriptions, so that nobody waits for their addresses.
func (s *Server) concerned(owner *account, folder, kind string) []subscription {
	s.subscriptions.mu.Lock()
	defer s.subscriptions.mu.Unlock()
	var list []subscription
	for _, x := range s.subscriptions.all {
		if x.owner != owner || x.paused || s.now().After(x.expires) {
			continue
		}
		owner.mailbox.mu.Lock()
		f := owner.mailbox.folder(x.folder)
		owner.mailbox.mu.Unlock()
		if kind == "" || f != nil && f.id == folder && strings.Contains(x.changeType, kind) {
			list = append(list, *x)
		}
	}
	return list
}

func (x *subscription) note() entity {
	return entity{
		"subscriptionId": x.id, "subscriptionExpirationDateTime": x.expires.UTC().Format(time.RFC3339Nano),
		"clientState": orNil(x.clientState), "tenantId": x.owner.TenantID,
	}
}

func (s *Server) sendLifecycle(x subscription, event string) {
	if x.lifecycleURL == "" {
		return
	}
	note := x.note()
	note["lifecycleEvent"], note["resource"] = event, x.resource
	s.send("lifecycle", x.lifecycleURL, note)
}

// send is counted under its name when it was taken or given up.
func (s *Server) send(name, address string, note entity) {
	body, _ := json.Marshal(entity{"value": []any{note}}) // JSON types; cannot fail
	client := http.Client{Timeout: notificationTime}
	status := 0
	for range notificationTry {
		res, err := client.Post(address, "application/json; charset=utf-8", bytes.NewReader(body))
		if err != nil {
			continue
		}
		_ = res.Body.Close()
		if status = res.StatusCode; status >= 200 && status < 300 {
			break
		}
	}
	s.meter.count(status, name)
}

// LoseNotifications lets the next n notifications be lost; their subscribers are told that they missed something.
func (s *Server) LoseNotifications(n int) {
	s.subscriptions.mu.Lock()
	defer s.subscriptions.mu.Unlock()
	s.subscriptions.lose = n
}

// EndSubscriptions removes the subscriptions to the user's mailbox and tells their subscribers.
func (s *Server) EndSubscriptions(user string) error {
	return s.lifecycle(user, "subscriptionRemoved", func(all map[string]*subscription, x *subscription) { delete(all, x.id) })
}

// RequireReauthorization silences the subscriptions to the user's mailbox until they are renewed or reauthorized, and
// tells their subscribers.
func (s *Server) RequireReauthorization(user string) error {
	return s.lifecycle(user, "reauthorizationRequired", func(_ map[string]*subscription, x *subscription) { x.paused = true })
}

func (s *Server) lifecycle(user, event string, change func(map[string]*subscription, *subscription)) error {
	a := s.directory.account(user)
	if a == nil {
		return fmt.Errorf("tell subscribers of %s: %w", user, errNoUser)
	}
	told := s.concerned(a, "", "")
	s.subscriptions.mu.Lock()
	for _, x := range told {
		if held := s.subscriptions.all[x.id]; held != nil {
			change(s.subscriptions.all, held)
		}
	}
	s.subscriptions.mu.Unlock()
	for _, x := range told {
		s.sendLifecycle(x, event)
	}
	return nil
}
