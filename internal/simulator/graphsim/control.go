package graphsim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

// command is one call under /simulator/ that changes the cloud's state.
type command struct {
	path    string
	about   string
	example string // of the JSON body; a working one if what it names exists
	run     func(s *Server, body []byte) (any, error)
}

// errNotJSONBody keeps pages of other sites out: a browser sends this content type across origins only after asking,
// which is never answered.
var errNotJSONBody = errors.New("the content type must be application/json")

// commands returns all of them; GET /simulator shows the same list.
func commands() []command {
	var all []command
	for _, group := range [][]command{recordCommands(), peopleCommands(), accessCommands(), faultCommands(), switchCommands()} {
		all = append(all, group...)
	}
	return all
}

// controls serves the simulator's own calls beside Microsoft's. They ask for no sign-in: whoever reaches the listener may
// change everything, so it belongs on loopback.
func (s *Server) controls() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /simulator", serveManual)
	mux.HandleFunc("GET /simulator/{$}", serveManual)
	mux.HandleFunc("GET /simulator/state", func(w http.ResponseWriter, _ *http.Request) {
		answerControl(w, http.StatusOK, s.state())
	})
	for _, c := range commands() {
		mux.HandleFunc("POST /simulator/"+c.path, func(w http.ResponseWriter, r *http.Request) { s.obey(w, r, c) })
	}
	return mux
}

func isControl(path string) bool {
	return path == "/simulator" || strings.HasPrefix(path, "/simulator/")
}

func (s *Server) obey(w http.ResponseWriter, r *http.Request, c command) {
	result, err := s.runCommand(r, c)
	if err != nil {
		answerControl(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	answerControl(w, http.StatusOK, result)
}

func (s *Server) runCommand(r *http.Request, c command) (any, error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return nil, errNotJSONBody
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBodyBytes))
	if err != nil {
		return nil, fmt.Errorf("read the body: %w", err)
	}
	return c.run(s, body)
}

// order makes a command's function of one that takes the decoded body. An empty body is an empty object; a name that is
// not known is an error.
func order[T any](run func(*Server, T) (any, error)) func(*Server, []byte) (any, error) {
	return func(s *Server, body []byte) (any, error) {
		var in T
		if err := decodeOrder(body, &in); err != nil {
			return nil, err
		}
		return run(s, in)
	}
}

// decodeOrder leaves alone what the body does not name.
func decodeOrder(body []byte, into any) error {
	if len(body) == 0 {
		return nil
	}
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("read the body: %w", err)
	}
	return nil
}

// done is the answer of commands that have nothing to tell.
func done(err error) (any, error) { return map[string]bool{"done": true}, err }

func created(id string, err error) (any, error) { return map[string]string{"id": id}, err }

func serveManual(w http.ResponseWriter, _ *http.Request) {
	type call struct {
		Call    string          `json:"call"`
		About   string          `json:"about"`
		Example json.RawMessage `json:"example,omitempty"`
	}
	calls := []call{
		{Call: "GET /simulator", About: "this list"},
		{Call: "GET /simulator/state", About: "apps, people with their folders and contacts, counts, faults to come and switches"},
	}
	for _, c := range commands() {
		calls = append(calls, call{"POST /simulator/" + c.path, c.about, json.RawMessage(c.example)})
	}
	answerControl(w, http.StatusOK, map[string]any{
		"about": "Shows and changes the simulated Microsoft cloud. Bodies are JSON, Content-Type application/json; durations are texts such as \"1.5s\". " +
			"A user is a UPN, mail address or object id; a folder is an id or a name, none is the default one; \"Deleted Items\" is the folder of what was deleted.",
		"calls": calls,
	})
}

func answerControl(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(value) // the client may have gone
}
