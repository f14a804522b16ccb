package outlook

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"

	"golang.org/x/oauth2"

	"contactbridge/internal/contact"
)

// signInError translates a failed call of the token endpoint. The cause is never wrapped when Microsoft answered: its
// text quotes the request.
func signInError(doing string, err error) error {
	var refusal *oauth2.RetrieveError
	if !errors.As(err, &refusal) {
		return unreachable(doing, "Microsoft's sign-in service could not be reached.", err)
	}
	out := judgeSignIn(refusal.ErrorCode, numberIn(refusal.Body))
	out.Doing = doing
	if refusal.Response == nil {
		return out
	}
	status := refusal.Response.StatusCode
	switch {
	case status == http.StatusTooManyRequests:
		out.Kind, out.Sentence = contact.Throttled, "Microsoft's sign-in service asks to slow down."
	case status >= 500 || (status < 300 && refusal.ErrorCode == ""):
		out.Kind, out.Sentence = contact.Unavailable, "Microsoft's sign-in service is out of order at the moment."
	}
	if out.Kind == contact.Throttled || out.Kind == contact.Unavailable {
		out.RetryAfter = retryAfter(refusal.Response.Header)
	}
	return out
}

// RedirectError translates the error and error_description with which Microsoft returned the user's browser.
func RedirectError(code, description string) error {
	number := 0
	if m := aadsts.FindStringSubmatch(description); m != nil {
		number, _ = strconv.Atoi(m[1])
	}
	out := judgeSignIn(code, number)
	out.Doing = "sign in at Microsoft"
	return out
}

var aadsts = regexp.MustCompile(`AADSTS(\d{4,9})`)

// numberIn finds the AADSTS number of an answer; zero when it names none.
func numberIn(body []byte) int {
	var answer struct {
		Numbers     []int  `json:"error_codes"`
		Description string `json:"error_description"`
	}
	// A body that is not JSON has no number.
	_ = json.Unmarshal(body, &answer)
	if len(answer.Numbers) > 0 {
		return answer.Numbers[0]
	}
	if m := aadsts.FindStringSubmatch(answer.Description); m != nil {
		number, _ := strconv.Atoi(m[1])
		return number
	}
	return 0
}

type verdict struct {
	kind     contact.Kind
	sentence string
}

// byNumber holds the numbers whose meaning the OAuth error alone does not tell.
var byNumber = map[int]verdict{
	54005:   {contact.NeedsSignIn, "This sign-in was already used; start it again."},
	65001:   {contact.NeedsSignIn, "The permissions were not granted or were withdrawn; sign in again and accept them."},
	65004:   {contact.NeedsSignIn, "The permissions were declined; sign in again and accept them."},
	50173:   {contact.NeedsSignIn, "The sign-in was revoked, for instance by a new password; sign in again."},
	70008:   {contact.NeedsSignIn, "The sign-in has expired; sign in again."},
	700082:  {contact.NeedsSignIn, "The sign-in has expired because it was not used; sign in again."},
	50076:   {contact.NeedsSignIn, "Microsoft asks for a second factor; sign in again."},
	50079:   {contact.NeedsSignIn, "Microsoft asks to set up a second factor; sign in again."},
	700084:  {contact.NeedsSignIn, "The sign-in has expired; sign in again."},
	70043:   {contact.NeedsSignIn, "A rule of the organization limits how long a sign-in lasts; sign in again."},
	50074:   {contact.NeedsSignIn, "Microsoft asks for a second factor; sign in again."},
	50078:   {contact.NeedsSignIn, "The second factor has expired; sign in again."},
	50126:   {contact.NeedsSignIn, "The user name or the password is wrong."},
	50034:   {contact.NeedsSignIn, "The tenant knows no such user."},
	50020:   {contact.NeedsSignIn, "The account does not belong to the tenant of the Microsoft settings; sign in with another one."},
	50053:   {contact.NeedsSignIn, "The account is locked after too many attempts; wait, then sign in again."},
	50055:   {contact.NeedsSignIn, "The password has expired; set a new one at Microsoft, then sign in again."},
	53000:   {contact.NeedsSignIn, "A rule of the organization asks for a managed device; sign in again from one or ask an admin."},
	90093:   {contact.NeedsAdmin, "Only an admin may grant these permissions; an admin must consent for the organization."},
	90094:   {contact.NeedsAdmin, "Only an admin may grant these permissions; an admin must consent for the organization."},
	7000218: {contact.NeedsAdmin, "Microsoft wants the client secret; an admin must enter it in the Microsoft settings."},
	9001023: {contact.NeedsAdmin, "This kind of sign-in needs the tenant's id or domain; an admin must correct the Microsoft settings."},
	50059:   {contact.NeedsAdmin, "This kind of sign-in needs the tenant's id or domain; an admin must correct the Microsoft settings."},
	50057:   {contact.NeedsAdmin, "This Microsoft account is disabled; an admin must enable it."},
	53003:   {contact.NeedsSignIn, "A rule of the organization (conditional access) blocked the sign-in; sign in again or ask an admin."},
	50196:   {contact.Throttled, "Microsoft saw too many equal sign-in requests."},
	90006:   {contact.Unavailable, "Microsoft's sign-in service is out of order at the moment."},
	90033:   {contact.Unavailable, "Microsoft's sign-in service is out of order at the moment."},
	90055:   {contact.Throttled, "Microsoft's sign-in service asks to slow down."},
	7000215: {contact.NeedsAdmin, "The client secret is wrong; an admin must enter the secret's value, not its id."},
	7000222: {contact.NeedsAdmin, "The client secret has expired; an admin must create a new one."},
	700016:  {contact.NeedsAdmin, "The tenant does not know the client id; an admin must correct the Microsoft settings."},
	700011:  {contact.NeedsAdmin, "The tenant does not know the client id; an admin must correct the Microsoft settings."},
	90002:   {contact.NeedsAdmin, "The tenant does not exist; an admin must correct the Microsoft settings."},
	50194:   {contact.NeedsAdmin, "The app is for one tenant only; an admin must enter that tenant's id."},
	50011:   {contact.NeedsAdmin, "The redirect address is not registered for the app; an admin must register it."},
}

var byError = map[string]verdict{
	"invalid_grant":             {contact.NeedsSignIn, "Microsoft no longer accepts the sign-in; sign in again."},
	"interaction_required":      {contact.NeedsSignIn, "Microsoft wants the user in person; sign in again."},
	"login_required":            {contact.NeedsSignIn, "Microsoft wants the user in person; sign in again."},
	"consent_required":          {contact.NeedsSignIn, "The permissions were not granted; sign in again and accept them."},
	"access_denied":             {contact.NeedsSignIn, "The sign-in was declined; sign in again."},
	"invalid_client":            {contact.NeedsAdmin, "Microsoft refuses the client id or secret; an admin must correct the Microsoft settings."},
	"unauthorized_client":       {contact.NeedsAdmin, "The app registration does not allow this; an admin must correct it."},
	"invalid_request":           {contact.NeedsAdmin, "Microsoft refuses the request; an admin must check the Microsoft settings."},
	"invalid_scope":             {contact.NeedsAdmin, "Microsoft refuses the permissions asked for; an admin must check the app registration."},
	"invalid_resource":          {contact.NeedsAdmin, "Microsoft refuses the permissions asked for; an admin must check the app registration."},
	"unsupported_response_type": {contact.NeedsAdmin, "The app registration does not allow this; an admin must correct it."},
	"unsupported_grant_type":    {contact.NeedsAdmin, "The app registration does not allow this; an admin must correct it."},
	"temporarily_unavailable":   {contact.Unavailable, "Microsoft's sign-in service is out of order at the moment."},
	"server_error":              {contact.Unavailable, "Microsoft's sign-in service is out of order at the moment."},
}

// judgeSignIn prefers what the number says; both are Microsoft's own codes and hold nobody's data. An unknown pair is
// taken for an outage, so that nobody is asked to sign in again without cause.
func judgeSignIn(code string, number int) *contact.Error {
	v, known := byNumber[number]
	if !known {
		v, known = byError[code]
	}
	if !known {
		v = verdict{contact.Unavailable, "Microsoft's sign-in service gave an answer that is not understood."}
	}
	out := &contact.Error{Kind: v.kind, Sentence: v.sentence, Code: plainCode(code)}
	if number != 0 {
		out.Code = "AADSTS" + strconv.Itoa(number)
	}
	return out
}
