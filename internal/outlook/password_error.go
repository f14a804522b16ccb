package outlook

import (
	"errors"
	"strings"

	"contactbridge/internal/contact"
)

// passwordRefusals word what the grant with user name and password is refused for. Nobody can be asked there for more.
var passwordRefusals = map[string]string{
	"AADSTS50126":   "The user name or the password is wrong. Federated accounts, whose passwords Microsoft does not know, cannot be used here either.",
	"AADSTS50034":   "The tenant knows no such user. Federated and personal accounts cannot be used here.",
	"AADSTS50020":   "The user belongs to another tenant; enter that tenant's id.",
	"AADSTS50053":   "The account is locked after too many attempts; wait, or use another one.",
	"AADSTS50055":   "The password has expired; set a new one at Microsoft.",
	"AADSTS50057":   "The account is disabled; an admin must enable it at Microsoft.",
	"AADSTS50074":   "The account needs a second factor, which a password alone cannot give; use one without, or sign in by link.",
	"AADSTS50076":   "The account needs a second factor, which a password alone cannot give; use one without, or sign in by link.",
	"AADSTS50078":   "The account needs a second factor, which a password alone cannot give; use one without, or sign in by link.",
	"AADSTS50079":   "The account must set up a second factor, which a password alone cannot give; use one without, or sign in by link.",
	"AADSTS53000":   "A rule of the organization wants a managed device, so a password alone does not do; sign in by link.",
	"AADSTS53003":   "A rule of the organization (conditional access) forbids a sign-in by password alone; sign in by link.",
	"AADSTS65001":   "The permissions were never granted; an admin must consent for the organization first.",
	"AADSTS7000218": "Microsoft wants the client secret; enter it, or let the app registration allow public client flows.",
	"AADSTS9001023": "A sign-in by password needs the tenant's id or domain, or organizations, as tenantId.",
}

// passwordError words a refused password. What the account or its rules refuse is BadInput: another one must be entered.
func passwordError(doing string, err error) error {
	err = signInError(doing, err)
	var e *contact.Error
	if !errors.As(err, &e) {
		return err
	}
	sentence, known := passwordRefusals[e.Code]
	switch {
	case known:
	case e.Kind == contact.NeedsSignIn || e.Kind == contact.NeedsAdmin:
		sentence = e.Sentence
	default:
		return err
	}
	if strings.HasPrefix(e.Code, "AADSTS") {
		sentence = strings.TrimSuffix(sentence, ".") + " (" + e.Code + ")."
	}
	return &contact.Error{Kind: contact.BadInput, Doing: doing, Code: e.Code, Sentence: sentence}
}

// ConsentError translates the error and error_description with which Microsoft returned an admin's browser from ConsentURL.
func ConsentError(code, description string) error {
	if code == "permission_denied" || code == "access_denied" {
		return &contact.Error{
			Kind: contact.NeedsAdmin, Doing: "ask for an admin's consent at Microsoft", Code: plainCode(code),
			Sentence: "The consent was not given; a Microsoft admin must open the link and accept the permissions.",
		}
	}
	return RedirectError(code, description)
}
