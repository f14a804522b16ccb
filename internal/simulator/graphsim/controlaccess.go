package graphsim

type accessOrder struct {
	User   string `json:"user"`
	On     bool   `json:"on"`
	AADSTS int    `json:"aadsts"`
}

// accessCommands give a person's mailbox and sign-in and take them away.
func accessCommands() []command {
	return []command{
		{
			"mailbox/disable", "answer 404 for the mailbox, as for people without a licence", `{"user":"ann@contoso.example","on":true}`,
			order(func(s *Server, in accessOrder) (any, error) { return done(s.DisableMailbox(in.User, in.On)) }),
		},
		{
			"mailbox/deny", "answer 403 for the mailbox, as an application access policy does", `{"user":"ann@contoso.example","on":true}`,
			order(func(s *Server, in accessOrder) (any, error) { return done(s.DenyMailbox(in.User, in.On)) }),
		},
		{
			"signin/block", "end every sign-in and refresh with an AADSTS number; 0 ends it", `{"user":"ann@contoso.example","aadsts":50076}`,
			order(func(s *Server, in accessOrder) (any, error) { return done(s.BlockSignIn(in.User, in.AADSTS)) }),
		},
		{
			"tokens/revoke", "kill all tokens of a person, as an admin's password reset does", `{"user":"ann@contoso.example"}`,
			order(func(s *Server, in accessOrder) (any, error) { return done(s.RevokeTokens(in.User)) }),
		},
		{
			"tokens/expire-refresh", "end all refresh tokens of a person", `{"user":"ann@contoso.example"}`,
			order(func(s *Server, in accessOrder) (any, error) { return done(s.ExpireRefreshTokens(in.User)) }),
		},
		{
			"tokens/expire-access", "end all access tokens of a person", `{"user":"ann@contoso.example"}`,
			order(func(s *Server, in accessOrder) (any, error) { return done(s.ExpireAccessTokens(in.User)) }),
		},
		{
			"consent/revoke", "take back what a person allowed every app", `{"user":"ann@contoso.example"}`,
			order(func(s *Server, in accessOrder) (any, error) { return done(s.RevokeConsent(in.User)) }),
		},
	}
}
