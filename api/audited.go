package api

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"contactbridge/internal/ledger"
)

type auditedKey struct{}

// audited prepares what the audit log may tell of a call: it does of everything that only admins may and that is no mere
// reading, and of whatever a handler calls due. The ledger tells it in the transaction of what it does first for the call;
// done tells it of a call for which the ledger did nothing, also when whoever made it is gone.
func (s *Server) audited(ctx context.Context, who access, op huma.Operation) (_ context.Context, done func() error) {
	if op.Method == http.MethodGet {
		return ctx, func() error { return nil }
	}
	u, from := person(ctx), originOf(ctx)
	a := &ledger.Audited{Due: who == admins, Act: ledger.Act{
		UserID: u.ID, UserName: u.UserName, Action: op.OperationID, About: strings.TrimPrefix(from.path, prefix+"/"),
		Details: map[string]any{}, Address: from.address,
	}}
	if t := tokenOf(ctx); t != nil {
		a.Token = t.Name
	}
	return ledger.Doing(context.WithValue(ctx, auditedKey{}, a), a), func() error { return s.Ledger.Keep(context.WithoutCancel(ctx), a) }
}

// act is what the audit log may tell of the call.
func act(ctx context.Context) *ledger.Audited {
	if a, _ := ctx.Value(auditedKey{}).(*ledger.Audited); a != nil {
		return a
	}
	return &ledger.Audited{Act: ledger.Act{Details: map[string]any{}}}
}

// note has the audit log tell a detail, if it tells of the call. Never a secret, and never anything of a contact.
func note(ctx context.Context, name string, value any) { act(ctx).Details[name] = value }

// foreign has the audit log tell of a call that changes something of another user's.
func foreign(ctx context.Context, userID, connectionID string) {
	act(ctx).Due = true
	note(ctx, "user", userID)
	if connectionID != "" {
		note(ctx, "connection", connectionID)
	}
}

// changedFields names what differs between two views of the same settings, which show no secrets, and the given ones.
func changedFields(before, after any, besides map[string]bool) []string {
	old, now := partsOf(before), partsOf(after)
	names := []string{}
	for name := range now {
		if string(old[name]) != string(now[name]) {
			names = append(names, name)
		}
	}
	for name, changed := range maps.All(besides) {
		if changed {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func partsOf(view any) (out map[string]json.RawMessage) {
	raw, err := json.Marshal(view)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		return nil
	}
	return out
}
