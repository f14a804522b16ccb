package api

import (
	"context"
	"slices"
	"strings"

	"contactbridge/internal/contact"
	"contactbridge/internal/fieldmap"
	"contactbridge/internal/integration"
	"contactbridge/internal/vtiger"
)

// tryVTiger asks the real vTiger with the account that is set, in a session of its own.
func (s *Server) tryVTiger(ctx context.Context, _ *struct{}) (*checksOutput, error) {
	held, err := s.VTiger.Settings(ctx)
	if err != nil {
		return nil, err
	}
	if !held.Configured() {
		_, err := s.VTiger.Client(ctx)
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, adoptTimeout)
	defer cancel()
	info, err := s.VTiger.Try(held.Config).Check(ctx)
	out := &checksOutput{}
	if err != nil {
		out.Body.Checks = failedChecks(err)
		return out, nil
	}
	out.Body.Checks = append(passedChecks(held, info), checkModules(info))
	for _, warning := range info.Warnings {
		out.Body.Checks = append(out.Body.Checks, checkView{"clock", "warning", warning})
	}
	if held.Another(held.Address()) {
		_, err := s.VTiger.Client(ctx)
		out.Body.Checks[0] = checkView{"url", "failed", contact.SentenceOf(err)}
	}
	return out, nil
}

// failedChecks says what is wrong with one field, and of the others what is known then: an address must be right for a user
// to be known, and a user for a key to be.
func failedChecks(err error) []checkView {
	blamed := vtiger.Blames(err)
	fields := []string{"url", "username", "accessKey"}
	out := make([]checkView, len(fields))
	for i, field := range fields {
		out[i] = checkView{field, "unknown", "It could not be tried."}
		switch at := slices.Index(fields, blamed); {
		case i == at:
			out[i] = checkView{field, "failed", contact.SentenceOf(err)}
		case i < at:
			out[i] = checkView{field, "ok", "vTiger knows it."}
		case at < 0:
			out[i].Sentence = contact.SentenceOf(err)
		}
	}
	return out
}

func passedChecks(held integration.Settings, info vtiger.Info) []checkView {
	return []checkView{
		{"url", "ok", "vTiger " + info.Version + " answers at this address."},
		{"username", "ok", held.Username + " is an administrator there."},
		{"accessKey", "ok", "vTiger accepts the access key."},
	}
}

// checkModules says which modules can be synced.
func checkModules(info vtiger.Info) checkView {
	var missing []string
	for _, m := range fieldmap.Modules {
		if !slices.Contains(info.Modules, m) {
			missing = append(missing, m)
		}
	}
	if len(missing) == 0 {
		return checkView{"modules", "ok", "All modules that can be synced are switched on: " + strings.Join(fieldmap.Modules, ", ") + "."}
	}
	return checkView{"modules", "warning", "vTiger does not show these modules, so they cannot be synced: " + strings.Join(missing, ", ") + "."}
}
