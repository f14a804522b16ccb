package contract

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// The document's own server; a request is checked as if it had been sent there.
const (
	published = "https://graph.microsoft.com"
	version   = "/v1.0"
)

// checker passes requests on to a server and compares them and their answers with the document. What is not below the
// version, the sign-in, is only passed on.
type checker struct {
	behind http.Handler
	router routers.Router

	mu         sync.Mutex
	seen       map[string]int // operation and status
	complaints []string
}

func newChecker(document string, behind http.Handler) (*checker, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(document)
	if err != nil {
		return nil, fmt.Errorf("read the published document: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("check the published document: %w", err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("prepare the published document: %w", err)
	}
	return &checker{behind: behind, router: router, seen: map[string]int{}}, nil
}

// ServeHTTP answers as the server behind does.
func (c *checker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.URL.Path, version+"/") {
		c.behind.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "the body broke off", http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	recorded := httptest.NewRecorder()
	c.behind.ServeHTTP(recorded, r)
	c.check(exchange{
		method: r.Method, target: r.URL, header: r.Header, body: unzipped(r.Header, body),
		status: recorded.Code, answerHeader: recorded.Header(), answer: recorded.Body.Bytes(),
	})
	maps.Copy(w.Header(), recorded.Header())
	w.WriteHeader(recorded.Code)
	_, _ = w.Write(recorded.Body.Bytes()) // the client may be gone
}

// unzipped undoes the compression of a body, which Graph takes and the document does not mention.
func unzipped(header http.Header, body []byte) []byte {
	if header.Get("Content-Encoding") != "gzip" {
		return body
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return body
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		return body
	}
	return plain
}

// exchange is one request and its answer, alone or as a part of a batch.
type exchange struct {
	method       string
	target       *url.URL
	header       http.Header
	body         []byte
	status       int
	answerHeader http.Header
	answer       []byte
}

func (c *checker) check(x exchange) {
	name := x.method + " " + strings.TrimPrefix(x.target.Path, version)
	operation, err := c.compare(x)
	c.mu.Lock()
	if operation != "" {
		c.seen[fmt.Sprintf("%s %d", operation, x.status)]++
	}
	if err != nil {
		c.complaints = append(c.complaints, fmt.Sprintf("%s, answered %d: %v", name, x.status, err))
	}
	c.mu.Unlock()
	if strings.HasSuffix(x.target.Path, "/$batch") && x.status == http.StatusOK {
		c.checkParts(x)
	}
}

func (c *checker) compare(x exchange) (operation string, err error) {
	r, err := x.request()
	if err != nil {
		return "", err
	}
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		return "", fmt.Errorf("find the operation: %w", err)
	}
	request := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route, Options: &openapi3filter.Options{
			AuthenticationFunc: bearerSent, IncludeResponseStatus: true, RejectWhenRequestBodyNotSpecified: true,
		},
	}
	answer := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: x.status, Header: x.answerHeader,
		Body: io.NopCloser(bytes.NewReader(x.answer)), Options: request.Options,
	}
	ctx := context.Background()
	return route.Operation.OperationID, errors.Join(
		unknownQuery(route, r.URL.Query()), openapi3filter.ValidateRequest(ctx, request), openapi3filter.ValidateResponse(ctx, answer))
}

// keyed is how Graph's own links name an entity: contactfolders('id') for contactFolders/{id}.
var keyed = regexp.MustCompile(`(?i)/contactFolders\('([^']*)'\)`)

// request spells the path as the document does: the SDK sends /delta%28%29 for /delta(), and Graph's links key folders in
// brackets.
func (x exchange) request() (*http.Request, error) {
	r, err := http.NewRequest(x.method, published, bytes.NewReader(x.body))
	if err != nil {
		return nil, fmt.Errorf("make the request anew: %w", err)
	}
	r.URL.Path, r.URL.RawQuery = keyed.ReplaceAllString(x.target.Path, "/contactFolders/$1"), x.target.RawQuery
	r.URL.RawPath = r.URL.Path // else the router escapes the brackets again
	r.Header = x.header.Clone()
	r.Header.Del("Content-Encoding")
	return r, nil
}

func bearerSent(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	if !strings.HasPrefix(in.RequestValidationInput.Request.Header.Get("Authorization"), "Bearer ") {
		return errors.New("the request carries no token")
	}
	return nil
}

// unknownQuery refuses what the operation does not declare, which the library lets pass.
func unknownQuery(route *routers.Route, query url.Values) error {
	declared := append(slices.Clone(route.PathItem.Parameters), route.Operation.Parameters...)
	for name := range query {
		if declared.GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			return fmt.Errorf("the operation %s has no query option %s", route.Operation.OperationID, name)
		}
	}
	return nil
}

type sentPart struct {
	ID, Method, URL string
	Headers         map[string]string
	Body            json.RawMessage
}

type answeredPart struct {
	ID      string
	Status  int
	Headers map[string]string
	Body    json.RawMessage
}

// checkParts compares the parts of a batch, which the document describes as anything. They inherit the sign-in.
func (c *checker) checkParts(x exchange) {
	var sent struct{ Requests []sentPart }
	var got struct{ Responses []answeredPart }
	if json.Unmarshal(x.body, &sent) != nil || json.Unmarshal(x.answer, &got) != nil {
		return // the envelope itself has been complained about
	}
	for _, part := range sent.Requests {
		target, err := url.Parse(version + part.URL)
		at := slices.IndexFunc(got.Responses, func(r answeredPart) bool { return r.ID == part.ID })
		if err != nil || at < 0 {
			c.check(exchange{method: part.Method, target: &url.URL{Path: part.URL}})
			continue
		}
		header := headers(part.Headers)
		header.Set("Authorization", x.header.Get("Authorization"))
		c.check(exchange{
			method: part.Method, target: target, header: header, body: part.Body, status: got.Responses[at].Status,
			answerHeader: headers(got.Responses[at].Headers), answer: got.Responses[at].Body,
		})
	}
}

func headers(plain map[string]string) http.Header {
	h := http.Header{}
	for name, value := range plain {
		h.Set(name, value)
	}
	return h
}

// found gives what was seen, sorted, and what was wrong with it.
func (c *checker) found() (seen, complaints []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(maps.Keys(c.seen)), slices.Clone(c.complaints)
}
