package cli

import "github.com/spf13/pflag"

// commands are all commands, in the order in which people need them.
func commands() []command {
	return []command{
		loginCommand, logoutCommand, statusCommand, usersCommand, allowCommand, disallowCommand, connectCommand, previewCommand, syncCommand,
		runsCommand, followCommand, cancelCommand, undoCommand, logCommand, holdsCommand, approveCommand, discardCommand,
		exportCommand, importCommand,
	}
}

// connectionFlag chooses the connection where there are several.
func connectionFlag(f *pflag.FlagSet) {
	f.String("connection", "", "`ID` of the connection, or the module of one of yours; needed only if there are several")
}

// waitFlags are those of commands that start a run.
func waitFlags(f *pflag.FlagSet) {
	f.Bool("no-wait", false, "start it and do not wait for its end")
}

func limitFlag(f *pflag.FlagSet, most int, what string) {
	f.Int("limit", most, "show at most `N` "+what+"; 0: all")
}
