package graphsim

import (
	"fmt"
	"net/http"
)

// signInError is an error of the sign-in service.
type signInError struct {
	number   int
	name     string // the OAuth 2 error a client may act on
	status   int
	text     string
	suberror string
}

// signInErrors are the AADSTS numbers the server uses or can be told to use.
var signInErrors = map[int]signInError{
	50011:   {name: "invalid_request", text: "The redirect URI specified in the request does not match the redirect URIs configured for the application."},
	50020:   {name: "invalid_grant", text: "User account from identity provider does not exist in tenant."},
	50034:   {name: "invalid_grant", text: "The user account does not exist in the directory."},
	50053:   {name: "invalid_grant", text: "The account is locked because of too many sign-in attempts."},
	50055:   {name: "invalid_grant", text: "The password is expired."},
	50057:   {name: "invalid_grant", text: "The user account is disabled."},
	50058:   {name: "login_required", text: "A silent sign-in request was sent but no user is signed in."},
	50059:   {name: "invalid_request", text: "No tenant-identifying information found in either the request or implied by any provided credentials."},
	50074:   {name: "interaction_required", text: "Strong authentication is required.", suberror: "basic_action"},
	50076:   {name: "interaction_required", text: "Due to a configuration change made by your administrator you must use multi-factor authentication.", suberror: "basic_action"},
	50078:   {name: "interaction_required", text: "Presented multi-factor authentication has expired.", suberror: "basic_action"},
	50079:   {name: "interaction_required", text: "Due to a configuration change made by your administrator you must enroll in multi-factor authentication.", suberror: "basic_action"},
	50126:   {name: "invalid_grant", text: "Error validating credentials due to invalid username or password."},
	50147:   {name: "invalid_grant", text: "Invalid size of Code_Challenge parameter."},
	50173:   {name: "invalid_grant", text: "The provided grant has expired due to it being revoked, a fresh auth token is needed.", suberror: "bad_token"},
	50194:   {name: "unauthorized_client", text: "The application is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such applications."},
	50196:   {name: "invalid_grant", text: "The server terminated an operation because it encountered a client request loop."},
	53000:   {name: "interaction_required", text: "Device is not in required device state."},
	53003:   {name: "interaction_required", text: "Access has been blocked by Conditional Access policies.", suberror: "message_only"},
	54005:   {name: "invalid_grant", text: "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token."},
	65001:   {name: "invalid_grant", text: "The user or administrator has not consented to use the application.", suberror: "consent_required"},
	65004:   {name: "access_denied", text: "The user has denied access to the scope requested by the client application."},
	70000:   {name: "invalid_grant", text: "Provided grant is invalid or malformed."},
	70003:   {name: "unsupported_grant_type", text: "The app requested an unsupported grant type."},
	70008:   {name: "invalid_grant", text: "The provided authorization code or refresh token has expired due to inactivity.", suberror: "token_expired"},
	70011:   {name: "invalid_scope", text: "The provided request must include a 'scope' input parameter that is valid."},
	70043:   {name: "invalid_grant", text: "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access.", suberror: "token_expired"},
	90002:   {name: "invalid_request", text: "Tenant not found."},
	90006:   {name: "temporarily_unavailable", status: http.StatusServiceUnavailable, text: "External server retryable error."},
	90033:   {name: "temporarily_unavailable", status: http.StatusServiceUnavailable, text: "A transient error occurred. Please try again."},
	90055:   {name: "temporarily_unavailable", status: http.StatusTooManyRequests, text: "Tenant is throttled due to too many requests."},
	500112:  {name: "invalid_grant", text: "The reply address does not match the reply address provided when requesting the authorization code."},
	501481:  {name: "invalid_grant", text: "The Code_Verifier does not match the code_challenge supplied in the authorization request."},
	501491:  {name: "invalid_request", text: "Invalid method of Code_Challenge."},
	700016:  {name: "unauthorized_client", text: "Application was not found in the directory."},
	700051:  {name: "unsupported_response_type", text: "The response type is not supported."},
	700082:  {name: "invalid_grant", text: "The refresh token has expired due to inactivity.", suberror: "token_expired"},
	700084:  {name: "invalid_grant", text: "The refresh token was issued to a single page app and has expired.", suberror: "token_expired"},
	900144:  {name: "invalid_request", text: "The request body must contain all required parameters."},
	900561:  {name: "invalid_request", text: "The endpoint only accepts POST requests."},
	7000215: {name: "invalid_client", status: http.StatusUnauthorized, text: "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID."},
	7000218: {name: "invalid_client", status: http.StatusUnauthorized, text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."},
	7000222: {name: "invalid_client", status: http.StatusUnauthorized, text: "The provided client secret keys are expired."},
	9001023: {name: "invalid_request", text: "The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint."},
	9002313: {name: "invalid_request", text: "Invalid request. Request is malformed or invalid."},
}

// aadsts finds the error with that number; an unknown number becomes an invalid_grant.
func aadsts(number int) *signInError {
	e, known := signInErrors[number]
	if !known {
		e = signInError{name: "invalid_grant", text: "Sign-in failed."}
	}
	e.number = number
	if e.status == 0 {
		e.status = http.StatusBadRequest
	}
	return &e
}

func (e *signInError) description(s *Server, c *call) string {
	return fmt.Sprintf("AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s",
		e.number, e.text, c.requestID, c.clientRequestID(), s.now().UTC().Format(signInTime))
}

const signInTime = "2006-01-02 15:04:05Z"

// signInAnswer renders the error shape of the token endpoint.
func (s *Server) signInAnswer(c *call, e *signInError) answer {
	body := map[string]any{
		"error": e.name, "error_description": e.description(s, c), "error_codes": []int{e.number},
		"timestamp": s.now().UTC().Format(signInTime), "trace_id": c.requestID,
		"correlation_id": c.clientRequestID(), "error_uri": fmt.Sprintf("%s/error?code=%d", c.base, e.number),
	}
	if e.suberror != "" {
		body["suberror"] = e.suberror
	}
	if e.name == "interaction_required" {
		body["claims"] = `{"access_token":{"capolids":{"essential":true,"values":["` + c.requestID + `"]}}}`
	}
	return tokenJSON(e.status, body)
}

func tokenJSON(status int, body any) answer {
	a := jsonAnswer(status, body)
	a.header = http.Header{
		"Content-Type": {"application/json; charset=utf-8"}, "Cache-Control": {"no-store, no-cache"}, "Pragma": {"no-cache"},
	}
	return a
}
