package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"contactbridge/internal/client"
)

// The environment, for scripts. A token there is used instead of a sign-in.
const (
	envURL   = "CONTACTBRIDGE_URL"
	envToken = "CONTACTBRIDGE_TOKEN"
)

// session is a sign-in as it is kept between commands, readable by its owner only.
type session struct {
	URL   string `json:"url"`
	Token string `json:"token"`
	// API says that the token was made for programs: it outlives a logout.
	API bool `json:"api,omitempty"`
}

func (c *call) sessionPath() string { return filepath.Join(c.Dir, "session.json") }

// stored reads the kept sign-in; there may be none.
func (c *call) stored() (session, error) {
	raw, err := os.ReadFile(c.sessionPath())
	if errors.Is(err, fs.ErrNotExist) {
		return session{}, nil
	}
	var s session
	if err == nil {
		err = json.Unmarshal(raw, &s)
	}
	if err != nil {
		return s, failed("The kept sign-in cannot be read (%s); sign in again.", c.sessionPath())
	}
	return s, nil
}

// keep writes a sign-in in one step, never readable by others.
func (c *call) keep(s session) error {
	raw, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write the sign-in: %w", err)
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return fmt.Errorf("make the folder for the sign-in: %w", err)
	}
	f, err := os.CreateTemp(c.Dir, "session-*") // made with mode 0600
	if err != nil {
		return fmt.Errorf("write the sign-in: %w", err)
	}
	_, err = f.Write(raw)
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(fmt.Errorf("write the sign-in: %w", err), os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), c.sessionPath())
}

// open makes the client of who is signed in. A kept token goes only to the address that gave it.
func (c *call) open() error {
	held, err := c.stored()
	if err != nil && c.Env(envToken) == "" {
		return err
	}
	if at := c.Env(envURL); at != "" {
		if at, err = address(at); err != nil {
			return err
		}
		if at != held.URL {
			held = session{URL: at}
		}
	}
	if token := c.Env(envToken); token != "" {
		held.Token, held.API = token, true
	}
	if held.URL == "" || held.Token == "" {
		return &Failure{Code: NotAllowed, Kind: "not-signed-in", Sentence: "You are not signed in.", Try: strings.TrimSpace("contactbridge login " + held.URL)}
	}
	c.held = held
	return c.use(held)
}

func (c *call) use(s session) (err error) {
	c.api, err = client.Open(s.URL, s.Token, client.WithHTTPClient(patient()))
	return err
}

// patient waits for the head of an answer for as long as vTiger may take, and follows no redirects: a token stays where it
// belongs.
func patient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = 90 * time.Second
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// address is a service's address without what does not belong to it.
func address(text string) (string, error) {
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", wrong("give the service's address as https://host, with nothing behind it")
	}
	return strings.TrimRight(u.Scheme+"://"+u.Host+u.Path, "/"), nil
}
