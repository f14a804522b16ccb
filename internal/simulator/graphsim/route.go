package graphsim

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// route is what a path below /v1.0/ means.
type route struct {
	op      string // the name it is counted under
	user    string // "" for /me
	folder  string // id or alias; "" when the path names none
	contact string
	path    string // the collection in the form used in links
}

// inMailbox tells the operations on a mailbox, which has limits of its own, from those on the directory.
func (r route) inMailbox() bool { return r.op != "me" && r.op != "users.get" }

var keySegment = regexp.MustCompile(`^(\w+)\('(.*)'\)$`)

// segments splits an escaped path, reading name('key') as name/key. Names are matched without case, keys with it.
func segments(path string) ([]string, *refusal) {
	var parts []string
	for part := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		text, err := url.PathUnescape(part)
		if err != nil {
			return nil, refuse(http.StatusBadRequest, "RequestBroker--ParseUri", "The request URI is malformed.")
		}
		if key := keySegment.FindStringSubmatch(text); key != nil {
			parts = append(parts, key[1], key[2])
			continue
		}
		parts = append(parts, text)
	}
	return parts, nil
}

func parseRoute(method, path string) (route, *refusal) {
	unknown := route{op: "unknown"}
	parts, refused := segments(strings.TrimPrefix(path, graphPrefix))
	if refused != nil {
		return unknown, refused
	}
	var r route
	switch {
	case strings.EqualFold(parts[0], "me"):
		r.path, parts = "me", parts[1:]
	case strings.EqualFold(parts[0], "users") && len(parts) > 1 && parts[1] != "":
		r.user, r.path, parts = parts[1], "users('"+url.PathEscape(parts[1])+"')", parts[2:]
	default:
		return unknown, noSegment(parts[0])
	}
	ops, refused := r.descend(parts)
	if refused != nil {
		return unknown, refused
	}
	if r.op = ops[method]; r.op == "" {
		return unknown, wrongMethod(method, ops)
	}
	return r, nil
}

type methods map[string]string

var (
	userMethods     = methods{"GET": "users.get"}
	meMethods       = methods{"GET": "me"}
	foldersMethods  = methods{"GET": "folders.list", "POST": "folders.create"}
	folderMethods   = methods{"GET": "folders.get", "PATCH": "folders.update", "DELETE": "folders.delete"}
	contactsMethods = methods{"GET": "contacts.list", "POST": "contacts.create"}
	contactMethods  = methods{"GET": "contacts.get", "PATCH": "contacts.update", "DELETE": "contacts.delete"}
	purgeMethods    = methods{"POST": "contacts.permanentDelete"}
	deltaMethods    = methods{"GET": "delta"}
)

// descend reads what follows the user.
func (r *route) descend(parts []string) (methods, *refusal) {
	switch {
	case len(parts) == 0 && r.user == "":
		return meMethods, nil
	case len(parts) == 0:
		return userMethods, nil
	case strings.EqualFold(parts[0], "contacts"):
		return r.contacts(parts[1:])
	case strings.EqualFold(parts[0], "contactFolders"):
		return r.folders(parts[1:], "contactfolders")
	}
	return nil, noSegment(parts[0])
}

func (r *route) folders(parts []string, collection string) (methods, *refusal) {
	if len(parts) == 0 {
		r.path += "/" + collection
		return foldersMethods, nil
	}
	r.folder = parts[0]
	r.path += "/" + collection + "('" + url.PathEscape(parts[0]) + "')"
	switch {
	case len(parts) == 1:
		return folderMethods, nil
	case strings.EqualFold(parts[1], "childFolders"):
		return r.folders(parts[2:], "childfolders")
	case strings.EqualFold(parts[1], "contacts"):
		return r.contacts(parts[2:])
	}
	return nil, noSegment(parts[1])
}

func (r *route) contacts(parts []string) (methods, *refusal) {
	r.path += "/contacts"
	switch {
	case len(parts) == 0:
		return contactsMethods, nil
	case len(parts) == 1 && isDelta(parts[0]):
		return deltaMethods, nil
	case len(parts) == 1:
		r.contact = parts[0]
		return contactMethods, nil
	case len(parts) == 2 && strings.EqualFold(parts[1], "permanentDelete"):
		r.contact = parts[0]
		return purgeMethods, nil
	}
	return nil, noSegment(parts[1])
}

func isDelta(part string) bool {
	switch strings.ToLower(part) {
	case "delta", "delta()", "microsoft.graph.delta", "microsoft.graph.delta()":
		return true
	}
	return false
}

func noSegment(name string) *refusal {
	return badRequest(fmt.Sprintf("Resource not found for the segment '%s'.", name))
}

func wrongMethod(method string, allowed methods) *refusal {
	if method == http.MethodPatch && allowed["POST"] != "" {
		return refuse(http.StatusBadRequest, "ErrorInvalidRequest",
			"Method 'PATCH/MERGE' not allowed for NavigationPropertySegment")
	}
	return refuse(http.StatusMethodNotAllowed, "Request_BadRequest",
		"Specified HTTP method is not allowed for the request target.")
}
