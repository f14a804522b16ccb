package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"contactbridge/internal/client"
)

var loginCommand = command{
	name: "login", takes: "[URL]", most: 1,
	does: "sign in at a service and keep the sign-in",
	about: `Asks for your vTiger user name and password, which are not shown and not kept. Without a terminal both are read from
standard input, a line each. The address is needed once; later it is the last one, or CONTACTBRIDGE_URL.
A script may set CONTACTBRIDGE_URL and CONTACTBRIDGE_TOKEN instead of signing in.`,
	flags: func(f *pflag.FlagSet) {
		f.String("user", "", "vTiger user `NAME`, instead of being asked for it")
		f.Bool("access-key", false, "ask for the access key from your preferences in vTiger instead of the password")
		f.Bool("token", false, "ask for an API token instead of a user name and password")
	},
	run: login,
}

var logoutCommand = command{name: "logout", does: "end the sign-in and forget it", run: logout}

func login(ctx context.Context, c *call) error {
	at, err := c.loginAddress()
	if err != nil {
		return err
	}
	c.warnOfPlainHTTP(at)
	in := bufio.NewReader(c.In)
	if c.yes("token") {
		return c.loginWithToken(ctx, at, in)
	}
	var b client.SignInInputBody
	if b.Username = c.text("user"); b.Username == "" {
		if b.Username, err = c.prompt(ctx, in, "vTiger user name: ", false); err != nil {
			return err
		}
	}
	what, into := "Password: ", &b.Password
	if c.yes("access-key") {
		what, into = "Access key: ", &b.AccessKey
	}
	secret, err := c.prompt(ctx, in, what, true)
	if err != nil {
		return err
	}
	*into = &secret
	if err := c.use(session{URL: at}); err != nil {
		return err
	}
	a, err := ask(c.api.SignInWithResponse(ctx, nil, b))
	if err != nil {
		return err
	}
	if err := c.keep(session{URL: at, Token: a.JSON200.Token}); err != nil {
		return err
	}
	return c.welcome(a.JSON200.User, at, &a.JSON200.ExpiresAt)
}

// loginWithToken tries a token out before it is kept.
func (c *call) loginWithToken(ctx context.Context, at string, in *bufio.Reader) error {
	token, err := c.prompt(ctx, in, "API token: ", true)
	if err != nil {
		return err
	}
	s := session{URL: at, Token: token, API: true}
	if err := c.use(s); err != nil {
		return err
	}
	me, err := ask(c.api.MeWithResponse(ctx))
	if err != nil {
		return err
	}
	if err := c.keep(s); err != nil {
		return err
	}
	return c.welcome(userOf(*me.JSON200), at, nil)
}

func (c *call) welcome(u client.UserView, at string, until *time.Time) error {
	if c.json() {
		printJSON(c.Out, u)
		return nil
	}
	end := ""
	if until != nil {
		end = ", until " + until.Local().Format("2 Jan 15:04")
	}
	c.say("Signed in at %s as %s%s.", at, fullName(u), end)
	if !u.Allowed && !u.Admin {
		c.say("An administrator must allow you to sync before you can go on.")
	}
	return nil
}

func (c *call) loginAddress() (string, error) {
	if len(c.args) > 0 {
		return address(c.args[0])
	}
	if at := c.Env(envURL); at != "" {
		return address(at)
	}
	held, err := c.stored()
	if err == nil && held.URL == "" {
		err = wrong("login needs the service's address, such as https://contacts.example.com")
	}
	return held.URL, err
}

// logout ends the sign-in at the service, and forgets it even if that does not answer.
func logout(ctx context.Context, c *call) error {
	held, err := c.stored()
	if err != nil || held.Token == "" {
		if rm := os.Remove(c.sessionPath()); err != nil {
			return rm
		}
		c.say("Nobody was signed in.")
		return nil
	}
	if err := os.Remove(c.sessionPath()); err != nil {
		return fmt.Errorf("forget the sign-in: %w", err)
	}
	if held.API {
		c.say("The API token is forgotten here; it is still valid.")
		return nil
	}
	if err := c.use(held); err != nil {
		return err
	}
	if _, err := ask(c.api.SignOutWithResponse(ctx)); err != nil && codeOf(err) != NotAllowed {
		return err
	}
	c.say("Signed out.")
	return nil
}

// userOf is who is signed in, as users are listed.
func userOf(m client.MeOutputBody) client.UserView {
	return client.UserView{
		ID: m.ID, UserName: m.UserName, FirstName: m.FirstName, LastName: m.LastName, Email: m.Email,
		Admin: m.Admin, Active: m.Active, Allowed: m.Allowed, Role: m.Role, TimeZone: m.TimeZone,
	}
}

func fullName(u client.UserView) string {
	return strings.TrimSpace(u.FirstName + " " + u.LastName + " (" + u.UserName + ")")
}
