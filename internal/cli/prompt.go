package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"

	"golang.org/x/term"
)

// warnOfPlainHTTP says that others on the way can read along.
func (c *call) warnOfPlainHTTP(at string) {
	u, err := url.Parse(at)
	if err != nil || u.Scheme == "https" || u.Hostname() == "localhost" {
		return
	}
	if ip := net.ParseIP(u.Hostname()); ip == nil || !ip.IsLoopback() {
		fmt.Fprintln(c.Err, "warning: without https others on the way can read what you enter")
	}
}

// prompt asks a person on the terminal, or reads the next line of what is not one.
func (c *call) prompt(ctx context.Context, in *bufio.Reader, question string, hidden bool) (string, error) {
	read := func() string {
		line, _ := in.ReadString('\n') // an end of the input shows as an empty line
		return strings.TrimRight(line, "\r\n")
	}
	keyboard, isFile := c.In.(*os.File)
	switch {
	case !isFile || terminal(keyboard) == 0:
	case hidden:
		fd := int(keyboard.Fd())
		before, err := term.MakeRaw(fd) // before the question, so that not even the first letter shows
		if err != nil {
			return "", failed("The terminal cannot hide what you enter.")
		}
		defer func() { _ = term.Restore(fd, before) }()
		screen := term.NewTerminal(struct {
			io.Reader
			io.Writer
		}{keyboard, c.Err}, "")
		read = func() string {
			secret, err := screen.ReadPassword(question)
			if err != nil { // Ctrl-C
				fmt.Fprint(c.Err, "\r\n")
			}
			return secret
		}
	default:
		fmt.Fprint(c.Err, question)
	}
	entered := make(chan string, 1)
	go func() { entered <- read() }()
	var line string
	select {
	case <-ctx.Done():
		return "", unreachable(ctx.Err())
	case line = <-entered:
	}
	if line == "" {
		return "", wrong("%snothing was given", strings.ToLower(question))
	}
	return line, nil
}
