package graphsim

import (
	"net/http"
	"net/url"
)

const (
	deltaPageDefault = 10
	deltaPageMax     = 200
)

// delta serves one page of the changes of a folder.
func (s *Server) delta(c *call, r route, m *mailbox, set Settings) (answer, *refusal) {
	if refused := c.deltaOptions(); refused != nil {
		return answer{}, refused
	}
	state, given, refused := c.readDeltaState()
	if refused != nil {
		return answer{}, refused
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f, refused := m.requireFolder(r.folder)
	switch {
	case refused != nil && given:
		return answer{}, refuse(http.StatusNotFound, "ErrorSyncFolderNotFound", "The synced folder was not found.")
	case refused != nil:
		return answer{}, refused
	case !given:
		state = c.firstRound(f)
	case m.dead(state, set.Delta, s.now()):
		return answer{}, c.syncStateGone(m, r, set.Delta)
	case state.Folder != f.id || state.Position > len(f.log.changes):
		return answer{}, refuse(http.StatusBadRequest, "SyncStateInvalid", "The sync state is invalid.")
	case !state.Within:
		state.First, state.Start = false, len(f.log.changes)
		state.Position = max(0, state.Position-set.Delta.Replays)
	}
	page := s.deltaPage(c, r, m, f, state, set)
	page["@odata.context"] = c.graphURL("$metadata#Collection(contact)")
	return jsonAnswer(http.StatusOK, page), nil
}

// deltaOptions refuses what change tracking cannot do.
func (c *call) deltaOptions() *refusal {
	for _, option := range []string{"$filter", "$orderby", "$expand", "$search", "$top"} {
		if c.query.Has(option) {
			return refuse(http.StatusBadRequest, "ErrorInvalidUrlQuery",
				"The following parameters are not supported with change tracking over the 'Contacts' resource: "+
					"'$orderby, $filter, $expand, $search, $top'.")
		}
	}
	return nil
}

func (c *call) firstRound(f *folder) deltaState {
	size := deltaPageDefault
	if preferred := c.pageSize(); preferred > 0 {
		size = min(preferred, deltaPageMax)
	}
	return deltaState{Folder: f.id, Start: len(f.log.changes), First: true, Select: c.selected(), Size: size}
}

func (s *Server) deltaPage(c *call, r route, m *mailbox, f *folder, state deltaState, all Settings) entity {
	set := all.Delta
	w := walk{first: state.First, start: state.Start, immutable: c.immutable(), removals: set.RemovedInFirstRound}
	if set.Lag > 0 {
		w.until = s.now().Add(-set.Lag)
	}
	size := state.Size
	if set.Duplicates && size > 1 {
		size-- // room for the repeated one
	}
	shown, next, more := f.log.page(state.Position, size, w)
	if set.EmptyPages && !state.Gap && len(shown) > 0 {
		shown, next, more = nil, state.Position, true
		state.Gap = true
	} else {
		state.Gap = false
	}
	if set.Duplicates && len(shown) > 0 {
		shown = append(shown, shown[0])
	}
	value := []entity{}
	for _, ch := range shown {
		value = append(value, ch.render(w, state.Select, all))
	}
	state.Position, state.Within = next, more
	name, link := s.deltaLink(c, r, m, state)
	return entity{"value": value, name: link}
}

// render shows a contact as it is now; a stamp is never shown here.
func (ch change) render(w walk, selected []string, set Settings) entity {
	if !ch.removed {
		e := ch.item.sent(w.immutable, set).pick(selected)
		if set.Delta.Partial && !w.first {
			e = e.pick([]string{"changeKey", "displayName"})
		}
		return e
	}
	id, reason := ch.id, set.Delta.RemovedReason
	if w.immutable {
		id = ch.immutableID
	}
	if reason == "" {
		reason = "deleted"
	}
	return entity{"@odata.type": "#microsoft.graph.contact", "id": id, "@removed": map[string]any{"reason": reason}}
}

func (s *Server) deltaLink(c *call, r route, m *mailbox, state deltaState) (name, link string) {
	m.deltaTokens++
	state.Serial, state.Generation, state.Issued = m.deltaTokens, m.deltaGeneration, s.now()
	name, parameter := "@odata.deltaLink", "$deltatoken"
	if state.Within {
		name, parameter = "@odata.nextLink", "$skiptoken"
	}
	return name, c.graphURL(r.path + "/delta()?" + parameter + "=" + url.QueryEscape(state.token()))
}
