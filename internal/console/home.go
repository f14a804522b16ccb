package console

// home leads to where the person can go on.
var home = page{name: "home", path: "/", who: signedIn, show: showHome}

func showHome(v *visit) (any, error) {
	entries := v.navigation()
	to := tokensPath
	for _, e := range entries {
		if !e.Disabled {
			to = e.Path
		}
		// Step 1 first, and once it is done what comes after it.
		if e.Step == 1 && !v.me.Step1Done || e.Step > 1 && !e.Disabled {
			break
		}
	}
	return nil, elsewhere(to)
}
