package graphsim

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

func (m *mailbox) renderFolder(f *folder) entity {
	parent := m.rootID
	if f.parent != nil {
		parent = f.parent.id
	}
	return entity{"id": f.id, "displayName": f.name, "parentFolderId": parent}
}

// requireFolder finds the folder a path names; without one it is the default folder.
func (m *mailbox) requireFolder(id string) (*folder, *refusal) {
	f := m.folder(id)
	switch {
	case f != nil:
		return f, nil
	case !wellFormed(id):
		return nil, idMalformed()
	}
	return nil, itemNotFound()
}

var folderFilter = regexp.MustCompile(`(?i)^displayName\s+eq\s+'((?:[^']|'')*)'$`)

// listFolders lists child folders. The default folder is nobody's child, so v1.0 does not list it unless told to.
func (s *Server) listFolders(c *call, r route, m *mailbox, set Settings) (answer, *refusal) {
	top, skip, refused := c.paging()
	if refused != nil {
		return answer{}, refused
	}
	wanted := folderFilter.FindStringSubmatch(c.query.Get("$filter"))
	if wanted == nil && c.query.Get("$filter") != "" {
		return answer{}, invalidFilter()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	parent, refused := m.requireFolder(r.folder)
	if refused != nil {
		return answer{}, refused
	}
	list := m.children(parent)
	if parent.parent == nil && set.DefaultFolderListed {
		list = append([]*folder{parent}, list...)
	}
	value := []any{}
	for _, f := range list {
		if wanted == nil || strings.EqualFold(f.name, unquote(wanted[1])) {
			value = append(value, m.renderFolder(f).pickPlain(c.selected()))
		}
	}
	page := entity{"@odata.context": c.graphURL("$metadata#" + r.path)}
	if len(value) > skip+top {
		page["@odata.nextLink"] = c.nextPage(r, skip+top)
	}
	page["value"] = value[min(skip, len(value)):min(skip+top, len(value))]
	return jsonAnswer(http.StatusOK, page), nil
}

// pickPlain is pick for entities without versions.
func (e entity) pickPlain(selected []string) entity {
	e = e.pick(selected)
	delete(e, "@odata.etag")
	return e
}

func (s *Server) createFolder(c *call, r route, m *mailbox) (answer, *refusal) {
	body, refused := c.writeBody()
	if refused != nil {
		return answer{}, refused
	}
	name, _ := body["displayName"].(string)
	m.mu.Lock()
	defer m.mu.Unlock()
	parent, refused := m.requireFolder(r.folder)
	if refused != nil {
		return answer{}, refused
	}
	if refused := m.freeName(name, parent, nil); refused != nil {
		return answer{}, refused
	}
	shown := m.renderFolder(m.addFolder(name, parent))
	shown["@odata.context"] = c.graphURL("$metadata#" + r.path + "/$entity")
	return jsonAnswer(http.StatusCreated, shown), nil
}

func (m *mailbox) freeName(name string, parent, except *folder) *refusal {
	if strings.TrimSpace(name) == "" {
		return refuse(http.StatusBadRequest, "ErrorInvalidRequest", "The folder name is missing.")
	}
	for _, sibling := range m.children(parent) {
		if sibling != except && strings.EqualFold(sibling.name, name) {
			return folderExists()
		}
	}
	return nil
}

func folderExists() *refusal {
	return refuse(http.StatusConflict, "ErrorFolderExists", "A folder with the specified name already exists.")
}

func (s *Server) oneFolder(c *call, r route, m *mailbox) (answer, *refusal) {
	var body map[string]any
	var refused *refusal
	if r.op == "folders.update" {
		if body, refused = c.writeBody(); refused != nil {
			return answer{}, refused
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f, refused := m.requireFolder(r.folder)
	if refused != nil {
		return answer{}, refused
	}
	switch r.op {
	case "folders.delete":
		return m.deleteFolder(f, s.now())
	case "folders.update":
		refused = m.renameFolder(f, body)
	}
	shown := m.renderFolder(f).pickPlain(c.selected())
	shown["@odata.context"] = c.graphURL("$metadata#" + r.path + "/$entity")
	return jsonAnswer(http.StatusOK, shown), refused
}

// renameFolder changes the name only: a new parentFolderId is documented, and without effect.
func (m *mailbox) renameFolder(f *folder, body map[string]any) *refusal {
	name, given := body["displayName"].(string)
	if !given {
		return nil
	}
	if f.parent == nil {
		return distinguished()
	}
	if refused := m.freeName(name, f.parent, f); refused != nil {
		return refused
	}
	f.name = name
	return nil
}

// deleteFolder fails for a name that is in the recycle bin already, as people found with the real service.
func (m *mailbox) deleteFolder(f *folder, now time.Time) (answer, *refusal) {
	switch {
	case f.parent == nil:
		return answer{}, distinguished()
	case m.trash[strings.ToLower(f.name)]:
		return answer{}, folderExists()
	}
	m.removeFolder(f, now)
	return answer{status: http.StatusNoContent, header: http.Header{}}, nil
}

func distinguished() *refusal {
	return refuse(http.StatusBadRequest, "ErrorDeleteDistinguishedFolder", "Distinguished folders cannot be changed.")
}

func unquote(literal string) string { return strings.ReplaceAll(literal, "''", "'") }

// paging reads $top (or the page size preferred) and $skip; pages hold 10 unless asked otherwise.
func (c *call) paging() (top, skip int, refused *refusal) {
	size := 10
	if preferred := c.pageSize(); preferred > 0 {
		size = min(preferred, 1000)
	}
	if top, refused = c.number("$top", size, 1, 1000); refused != nil {
		return 0, 0, refused
	}
	skip, refused = c.number("$skip", 0, 0, 1<<31)
	return top, skip, refused
}

// nextPage is the link to the page at skip: Outlook pages lists by $skip, so they shift when items come and go.
func (c *call) nextPage(r route, skip int) string {
	query := url.Values{}
	for name, values := range c.query {
		query[name] = values
	}
	query.Set("$skip", strconv.Itoa(skip))
	return c.graphURL(r.path + "?" + query.Encode())
}
