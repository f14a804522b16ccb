package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
)

// client speaks to the public API as one person.
type client struct {
	base  string
	token string
}

// do makes one call; anything but 2xx is an error with the problem's sentence.
func (c client) do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %s", method, path, response.Status, raw)
	}
	if out == nil || len(raw) == 0 {
		return nil
	}
	return json.Unmarshal(raw, out)
}

// signIn gives a client for a vTiger user.
func signIn(ctx context.Context, base string, p Person) (client, error) {
	var session struct {
		Token string `json:"token"`
	}
	c := client{base: base}
	err := c.do(ctx, http.MethodPost, "/session", map[string]string{"username": p.UserName, "password": p.Password}, &session)
	c.token = session.Token
	return c, err
}

// Connect walks a browser through our sign-in link: it presses our button, answers Microsoft's page, and returns the text
// of the page it ends on.
func Connect(ctx context.Context, link string, p Person) (string, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", err
	}
	browser := &http.Client{Jar: jar}
	if _, _, err := visit(ctx, browser, http.MethodGet, link, nil); err != nil {
		return "", err
	}
	at, page, err := visit(ctx, browser, http.MethodPost, link, url.Values{})
	if err != nil {
		return "", err
	}
	action, fields, err := form(at, page)
	if err != nil {
		return "", fmt.Errorf("read Microsoft's sign-in page: %w", err)
	}
	for name := range fields {
		switch {
		case strings.Contains(strings.ToLower(name), "pass"):
			fields.Set(name, p.Password)
		case strings.Contains(strings.ToLower(name), "user"), strings.Contains(strings.ToLower(name), "login") && fields.Get(name) == "":
			fields.Set(name, p.Mailbox)
		}
	}
	_, page, err = visit(ctx, browser, http.MethodPost, action, fields)
	return text(page), err
}

// visit fetches a page, following redirects, and tells where it ended.
func visit(ctx context.Context, browser *http.Client, method, address string, fields url.Values) (*url.URL, string, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(fields.Encode()))
	if err != nil {
		return nil, "", err
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := browser.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %s", method, response.Request.URL.Path, response.Status, text(string(raw)))
	}
	return response.Request.URL, string(raw), err
}

var (
	formTag  = regexp.MustCompile(`(?is)<form[^>]*>`)
	inputTag = regexp.MustCompile(`(?is)<input[^>]*>`)
	anyTag   = regexp.MustCompile(`(?is)<(head|style|script)[^>]*>.*?</(head|style|script)>|<[^>]+>`)
)

// form reads a page's first form.
func form(at *url.URL, page string) (action string, fields url.Values, err error) {
	tag := formTag.FindString(page)
	if tag == "" {
		return "", nil, fmt.Errorf("there is no form at %s", at.Path)
	}
	target, err := at.Parse(attribute(tag, "action"))
	if err != nil {
		return "", nil, err
	}
	fields = url.Values{}
	for _, input := range inputTag.FindAllString(page, -1) {
		if name := attribute(input, "name"); name != "" {
			fields.Set(name, attribute(input, "value"))
		}
	}
	return target.String(), fields, nil
}

// attribute reads one attribute of a tag.
func attribute(tag, name string) string {
	m := regexp.MustCompile(`(?is)\s` + name + `="([^"]*)"`).FindStringSubmatch(tag)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

// text is what a person reads of a page.
func text(page string) string {
	return strings.Join(strings.Fields(html.UnescapeString(anyTag.ReplaceAllString(page, " "))), " ")
}
