package graphsim

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	subscriptionLongest  = 10_080 * time.Minute
	subscriptionShortest = 45 * time.Minute
	clientStateLongest   = 128
)

// subscription is an order to be told of changes of one folder.
type subscription struct {
	id, changeType, notificationURL, lifecycleURL, resource, clientState string

	clientID string
	owner    *account
	folder   string // id or alias as in the resource; "" is the default folder
	expires  time.Time
	paused   bool // until it is reauthorized
}

type subscriptions struct {
	any  atomic.Bool // there has been one; mailboxes ask it while they are locked
	mu   sync.Mutex  // taken before a mailbox's
	all  map[string]*subscription
	lose int // changes that nobody is told of, except that something was missed
}

func (x *subscription) render() entity {
	return entity{
		"@odata.context": "$metadata#subscriptions/$entity", "id": x.id, "changeType": x.changeType, "resource": x.resource,
		"notificationUrl": x.notificationURL, "lifecycleNotificationUrl": orNil(x.lifecycleURL), "clientState": orNil(x.clientState),
		"expirationDateTime": x.expires.UTC().Format(time.RFC3339Nano), "applicationId": x.clientID, "creatorId": x.owner.id,
	}
}

func orNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// isSubscriptions tells the calls about subscriptions, which belong to no mailbox's limits.
func isSubscriptions(path string) bool {
	return strings.EqualFold(path, graphPrefix+"subscriptions") || strings.HasPrefix(strings.ToLower(path), graphPrefix+"subscriptions/")
}

// performSubscription serves POST /subscriptions, GET, PATCH and DELETE of one, and POST of its reauthorize.
func (s *Server) performSubscription(c *call) answer {
	const op = "subscriptions"
	who, refused := s.authenticate(c)
	if refused != nil {
		return s.deny(c, op, refused)
	}
	return s.finish(c, op, s.disturb(c, op, who.account, func() answer {
		a, refused := s.subscriptionAnswer(c, who)
		if refused != nil {
			return s.refuse(c, refused)
		}
		return a
	}))
}

func (s *Server) subscriptionAnswer(c *call, who caller) (answer, *refusal) {
	parts, refused := segments(strings.TrimPrefix(c.path, graphPrefix))
	if refused != nil {
		return answer{}, refused
	}
	if len(parts) == 1 {
		if c.method != http.MethodPost {
			return answer{}, wrongMethod(c.method, nil)
		}
		return s.subscribe(c, who)
	}
	s.subscriptions.mu.Lock()
	defer s.subscriptions.mu.Unlock()
	x := s.subscriptions.all[parts[1]]
	if x == nil || x.clientID != who.clientID || s.now().After(x.expires) {
		return answer{}, refuse(http.StatusNotFound, "ResourceNotFound", "The object was not found.")
	}
	switch {
	case len(parts) == 3 && parts[2] == "reauthorize" && c.method == http.MethodPost:
		x.paused = false
		return answer{status: http.StatusNoContent, header: http.Header{}}, nil
	case len(parts) > 2:
		return answer{}, noSegment(parts[2])
	case c.method == http.MethodGet:
	case c.method == http.MethodPatch:
		return s.renew(c, x)
	case c.method == http.MethodDelete:
		delete(s.subscriptions.all, x.id)
		return answer{status: http.StatusNoContent, header: http.Header{}}, nil
	default:
		return answer{}, wrongMethod(c.method, nil)
	}
	return jsonAnswer(http.StatusOK, x.render()), nil
}

// renew lengthens a subscription; that is a reauthorization too.
func (s *Server) renew(c *call, x *subscription) (answer, *refusal) {
	body, refused := c.writeBody()
	if refused != nil {
		return answer{}, refused
	}
	expires, refused := s.expiration(body)
	if refused != nil {
		return answer{}, refused
	}
	x.expires, x.paused = expires, false
	return jsonAnswer(http.StatusOK, x.render()), nil
}

// subscribe keeps a subscription once both addresses gave back the token that they were sent.
func (s *Server) subscribe(c *call, who caller) (answer, *refusal) {
	body, refused := c.writeBody()
	if refused != nil {
		return answer{}, refused
	}
	text := func(name string) string { value, _ := body[name].(string); return value }
	x := &subscription{
		id: newGUID(), changeType: text("changeType"), notificationURL: text("notificationUrl"), lifecycleURL: text("lifecycleNotificationUrl"),
		resource: text("resource"), clientState: text("clientState"), clientID: who.clientID,
	}
	if x.expires, refused = s.expiration(body); refused != nil {
		return answer{}, refused
	}
	if refused := s.aim(x, who); refused != nil {
		return answer{}, refused
	}
	for _, address := range []string{x.notificationURL, x.lifecycleURL} {
		if address != "" && !validated(address) {
			return answer{}, refuse(http.StatusBadRequest, "ValidationError", "Subscription validation request failed.")
		}
	}
	s.subscriptions.mu.Lock()
	defer s.subscriptions.mu.Unlock()
	s.subscriptions.all[x.id] = x
	s.subscriptions.any.Store(true)
	return jsonAnswer(http.StatusCreated, x.render()), nil
}

// aim finds the folder that the resource names, and refuses what cannot be subscribed to. Real addresses must be https;
// here they must be loopback, so that a simulator calls nobody else.
func (s *Server) aim(x *subscription, who caller) *refusal {
	for change := range strings.SplitSeq(x.changeType, ",") {
		if change != "created" && change != "updated" && change != "deleted" {
			return badRequest("The value of changeType is not supported.")
		}
	}
	if len(x.clientState) > clientStateLongest {
		return badRequest("The clientState is too long.")
	}
	for _, address := range []string{x.notificationURL, x.lifecycleURL} {
		u, err := url.Parse(address)
		if address == x.lifecycleURL && address == "" {
			continue
		}
		if err != nil || u.Host == "" || requireLoopback(u.Host) != nil {
			return badRequest("The notification address must be a loopback host and port.")
		}
	}
	r, refused := parseRoute(http.MethodGet, graphPrefix+strings.TrimPrefix(x.resource, "/"))
	if refused != nil {
		return refused
	}
	if r.op != "contacts.list" {
		return badRequest("The resource cannot be subscribed to.")
	}
	x.owner, refused = s.authorise(who, r)
	x.folder = r.folder
	return refused
}

func (s *Server) expiration(body map[string]any) (time.Time, *refusal) {
	text, _ := body["expirationDateTime"].(string)
	at, err := time.Parse(time.RFC3339, text)
	left := at.Sub(s.now())
	switch {
	case err != nil || left <= 0:
		return at, badRequest("The expirationDateTime is missing or past.")
	case left > subscriptionLongest:
		return at, badRequest("Subscription expiration can only be 10080 minutes in the future.")
	case left < subscriptionShortest:
		return s.now().Add(subscriptionShortest), nil
	}
	return at, nil
}
