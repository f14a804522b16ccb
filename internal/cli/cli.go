// Package cli is the client on the command line: people and scripts do with it over the API what they may do there.
//
// It knows the generated client only, never the database, and prints nothing secret. What comes from contacts reaches a
// terminal without anything that the terminal would obey.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"contactbridge/internal/client"
)

// Setting is where a command runs.
type Setting struct {
	In       io.Reader
	Out, Err io.Writer
	Env      func(string) string
	Dir      string // holds the sign-in between commands
}

// System is the setting of this process.
func System() (Setting, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return Setting{}, fmt.Errorf("find the folder for settings: %w", err)
	}
	return Setting{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.Getenv, Dir: filepath.Join(dir, "contactbridge")}, nil
}

// command is one command of the client.
type command struct {
	name, takes string // "config import", "FILE"
	does        string // one line
	about       string // what else help says
	least, most int    // arguments; a negative most is any number
	flags       func(*pflag.FlagSet)
	run         func(ctx context.Context, c *call) error
}

// call is one command at work.
type call struct {
	Setting
	*command
	flags *pflag.FlagSet
	args  []string
	held  session // who is signed in, and where
	api   *client.ClientWithResponses
}

// Has tells whether the client has a command.
func Has(name string) bool {
	for _, c := range commands() {
		if first, _, _ := strings.Cut(c.name, " "); first == name {
			return true
		}
	}
	return false
}

// Run does what the arguments say. Whatever went wrong was printed; the error says with which code to exit.
func Run(ctx context.Context, args []string, s Setting) error {
	c, err := parse(args, s)
	if errors.Is(err, pflag.ErrHelp) {
		helpCommand(s.Out, c.command)
		return nil
	}
	if err == nil {
		err = c.run(ctx, c)
	}
	if err == nil {
		return nil
	}
	c.complain(err)
	return &Exit{Code: codeOf(err)}
}

// parse finds the command, the longest name first, and reads its flags.
func parse(args []string, s Setting) (*call, error) {
	c := &call{Setting: s, flags: pflag.NewFlagSet("contactbridge", pflag.ContinueOnError)}
	for n := min(2, len(args)); n > 0 && c.command == nil; n-- {
		c.command = find(strings.Join(args[:n], " "))
		c.args = args[n:]
	}
	if c.command == nil && len(args) > 0 && Has(args[0]) {
		return c, wrong("%s needs one of its commands; contactbridge help %s lists them", args[0], args[0])
	}
	if c.command == nil {
		return c, wrong("there is no command %q; contactbridge help lists them", strings.Join(args, " "))
	}
	flagsOf(c.command, c.flags)
	c.flags.Usage = func() {}
	if err := c.flags.Parse(c.args); errors.Is(err, pflag.ErrHelp) {
		return c, err
	} else if err != nil {
		return c, wrong("%s: %s", c.name, err.Error())
	}
	c.args = c.flags.Args()
	switch {
	case len(c.args) < c.least:
		return c, wrong("%s needs %s", c.name, c.takes)
	case c.most >= 0 && len(c.args) > c.most:
		return c, wrong("%s takes no argument %q", c.name, c.args[c.most])
	}
	return c, nil
}

func find(name string) *command {
	for _, c := range commands() {
		if c.name == name {
			return &c
		}
	}
	return nil
}

// flagsOf defines a command's flags, and those of all commands.
func flagsOf(of *command, flags *pflag.FlagSet) {
	flags.SortFlags = false
	if of.flags != nil {
		of.flags(flags)
	}
	flags.Bool("json", false, "print the API's answer as JSON, and errors as problem documents")
}

// yes, text and number read flags, which a command defines itself: a wrong name is a bug that its first use shows.
func (c *call) yes(flag string) bool {
	v, err := c.flags.GetBool(flag)
	if err != nil {
		panic(err)
	}
	return v
}

func (c *call) text(flag string) string {
	v, err := c.flags.GetString(flag)
	if err != nil {
		panic(err)
	}
	return v
}

func (c *call) number(flag string) int {
	v, err := c.flags.GetInt(flag)
	if err != nil {
		panic(err)
	}
	return v
}

// json tells whether the answers are for a program.
func (c *call) json() bool {
	v, err := c.flags.GetBool("json")
	return err == nil && v
}
