package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"
)

// Usage lists the client's commands.
func Usage(to io.Writer) {
	for _, c := range commands() {
		fmt.Fprintf(to, "  %-16s %s\n", c.name, c.does)
	}
}

// Help explains one command, and those that begin with the same word; it is false when there is none.
func Help(to io.Writer, words []string) bool {
	name := strings.Join(words, " ")
	if exact := find(name); exact != nil {
		helpCommand(to, exact)
	}
	found := find(name) != nil
	for _, c := range commands() {
		if strings.HasPrefix(c.name, name+" ") {
			if found {
				fmt.Fprintln(to)
			}
			found = true
			helpCommand(to, &c)
		}
	}
	return found
}

func helpCommand(to io.Writer, c *command) {
	usage := strings.TrimSpace("contactbridge " + c.name + " " + c.takes)
	fmt.Fprintf(to, "usage: %s [flags]\n\n%s.\n", usage, upper(c.does))
	if c.about != "" {
		fmt.Fprintf(to, "\n%s\n", strings.TrimSpace(c.about))
	}
	flags := pflag.NewFlagSet(c.name, pflag.ContinueOnError)
	flagsOf(c, flags)
	fmt.Fprintf(to, "\n%s", flags.FlagUsages())
}
