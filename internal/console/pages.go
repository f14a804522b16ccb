package console

// pages are all pages. A new one is a line here, a Go file, a template and a file of texts.
func pages() []*page {
	return []*page{
		&home,
		&signIn,
		&signOut,
		&step1,
		&step2,
		&step2Of,
		&step3,
		&waiting,
		&run,
		&theLog,
		&health,
		&users,
		&tokens,
		&settings,
		&defaults,
		&alerts,
		&audit,
	}
}
