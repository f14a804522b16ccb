package vtigersim

import (
	"crypto/subtle"
	"net/http"
	"strings"
)

const mobileLogin = "mobile.login"

// serveMobile answers the Mobile module at its own address, where only login by
// password is there; the rest is reached through webservice.php. Its error codes are numbers, its userid has no prefix.
func (s *Server) serveMobile(w http.ResponseWriter, r *http.Request) {
	q := readRequest(r)
	name := "mobile." + strings.ToLower(q.either("_operation"))
	s.serve(w, q, name, func() answer {
		s.pause()
		if name != mobileLogin {
			return reply(nil, &refusal{1404, "Operation not found: " + q.either("_operation")})
		}
		return reply(s.mobileLogin(q))
	})
}

func (s *Server) mobileLogin(q request) (any, error) {
	if s.switches.isOn(&s.switches.mobileOff) {
		return nil, errMobileOff
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	u := s.userByName(q.either("username"))
	password := q.either("password")
	if u == nil || u.Inactive || password == "" || subtle.ConstantTimeCompare([]byte(password), []byte(u.Password)) != 1 {
		return nil, &refusal{1210, "Authentication Failed"}
	}
	return object{{"login", object{
		{"userid", strings.TrimPrefix(u.id, userPrefix)},
		{"crm_tz", s.switches.databaseZone().String()},
		{"user_tz", u.TimeZone},
		{"user_currency", "USD"},
		{"session", randomHex(26)},
		{"vtiger_version", vtigerVersion},
		{"date_format", u.DateFormat},
		{"mobile_module_version", "2.0"},
	}}}, nil
}
