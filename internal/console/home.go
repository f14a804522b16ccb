package console

// home leads to where the person can go on.
var home = page{name: "home", path: "/", who: signedIn, show: showHome}

func showHome(v *visit) (any, error) {
	to := tokensPath // which everybody has
	for _, e := range v.navigation() {
		// Step 1 first, and once it is done what comes after it.
		if e.Step == 1 || e.Step > 1 && v.me.Step1Done {
			to = e.Path
		}
		if e.Step != 1 || !v.me.Step1Done {
			break
		}
	}
	return nil, elsewhere(to)
}
