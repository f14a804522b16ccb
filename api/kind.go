package api

import (
	"net/http"

	"contactbridge/internal/contact"
)

// kind names a problem for programs; it never changes once published.
type kind string

// The kinds of problems.
const (
	badRequest     kind = "bad-request"
	wrongSignIn    kind = "wrong-credentials"
	notSignedIn    kind = "not-signed-in"
	adminOnly      kind = "admin-only"
	notAllowed     kind = "not-allowed"
	locked         kind = "locked"
	readOnly       kind = "read-only"
	needsSession   kind = "needs-session"
	crossOrigin    kind = "cross-origin"
	notFound       kind = "not-found"
	noSuchMethod   kind = "method-not-allowed"
	requestTimeout kind = "request-timeout"
	conflict       kind = "conflict"
	step1Missing   kind = "step-1-missing"
	needsSignIn    kind = "needs-sign-in"
	needsFolder    kind = "needs-folder"
	needsMapping   kind = "needs-mapping"
	needsPreview   kind = "needs-preview"
	previewOld     kind = "preview-outdated"
	needsAdmin     kind = "needs-admin"
	needsSetup     kind = "needs-setup"
	byEnvironment  kind = "set-by-environment"
	folderTaken    kind = "folder-taken"
	exists         kind = "connection-exists"
	linkSpent      kind = "link-spent"
	changed        kind = "changed-meanwhile"
	tooLarge       kind = "too-large"
	noJSON         kind = "unsupported-media-type"
	tooMany        kind = "too-many-failures"
	invalid        kind = "invalid"
	keyReused      kind = "idempotency-key-reused"
	internal       kind = "internal"
	throttled      kind = "throttled"
	unavailable    kind = "unavailable"
	notReady       kind = "not-ready"
)

// meaning is what a kind means in HTTP, and its title.
type meaning struct {
	status int
	title  string
}

// meanings is the one table from kinds to statuses.
var meanings = map[kind]meaning{
	badRequest:     {http.StatusBadRequest, "The request cannot be read"},
	wrongSignIn:    {http.StatusUnauthorized, "The credentials are not accepted"},
	notSignedIn:    {http.StatusUnauthorized, "Sign in first"},
	adminOnly:      {http.StatusForbidden, "Only administrators may do this"},
	notAllowed:     {http.StatusForbidden, "The user is not allowed to sync"},
	locked:         {http.StatusForbidden, "Only administrators may change this setting"},
	readOnly:       {http.StatusForbidden, "The API token may only read"},
	needsSession:   {http.StatusForbidden, "An API token may not do this"},
	crossOrigin:    {http.StatusForbidden, "The request comes from another site"},
	notFound:       {http.StatusNotFound, "There is no such thing"},
	noSuchMethod:   {http.StatusMethodNotAllowed, "The address does not take this method"},
	requestTimeout: {http.StatusRequestTimeout, "The request took too long to arrive"},
	conflict:       {http.StatusConflict, "It does not fit what exists"},
	step1Missing:   {http.StatusConflict, "Step 1 is not done"},
	needsSignIn:    {http.StatusConflict, "The mailbox needs a sign-in"},
	needsFolder:    {http.StatusConflict, "No Outlook folder is chosen"},
	needsMapping:   {http.StatusConflict, "No field is mapped"},
	needsPreview:   {http.StatusConflict, "A preview is needed first"},
	previewOld:     {http.StatusConflict, "The preview no longer holds"},
	needsAdmin:     {http.StatusConflict, "An administrator must change something"},
	needsSetup:     {http.StatusConflict, "Contact Bridge is not set up yet"},
	byEnvironment:  {http.StatusConflict, "The environment sets this"},
	folderTaken:    {http.StatusConflict, "The folder is in use"},
	exists:         {http.StatusConflict, "The connection exists"},
	linkSpent:      {http.StatusGone, "The link is no longer valid"},
	changed:        {http.StatusPreconditionFailed, "Somebody else changed it meanwhile"},
	tooLarge:       {http.StatusRequestEntityTooLarge, "The request is too large"},
	noJSON:         {http.StatusUnsupportedMediaType, "The body is not JSON"},
	invalid:        {http.StatusUnprocessableEntity, "Something in the request cannot work"},
	keyReused:      {http.StatusUnprocessableEntity, "The Idempotency-Key was used for something else"},
	tooMany:        {http.StatusTooManyRequests, "Too many sign-ins failed"},
	internal:       {http.StatusInternalServerError, "Something went wrong here"},
	throttled:      {http.StatusServiceUnavailable, "Another service asks to slow down"},
	unavailable:    {http.StatusServiceUnavailable, "Another service does not answer"},
	notReady:       {http.StatusServiceUnavailable, "The service is not ready"},
}

// generic are the kinds of what huma itself refuses, before a handler is asked.
var generic = []kind{badRequest, notSignedIn, adminOnly, notFound, noSuchMethod, requestTimeout, tooLarge, noJSON, invalid, internal}

// ofStatus finds the generic kind of a status.
func ofStatus(status int) kind {
	for _, k := range generic {
		if meanings[k].status == status {
			return k
		}
	}
	if status >= http.StatusBadRequest && status < http.StatusInternalServerError {
		return badRequest
	}
	return internal
}

// ofSide translates the kinds of errors that vTiger, Microsoft and the ledger give.
var ofSide = map[contact.Kind]kind{
	contact.Throttled:   throttled,
	contact.Unavailable: unavailable,
	contact.NeedsSignIn: needsSignIn,
	contact.NeedsAdmin:  needsAdmin,
	contact.BadRecord:   invalid,
	contact.BadInput:    invalid,
	contact.Bug:         internal,
}
