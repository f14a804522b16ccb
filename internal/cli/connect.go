package cli

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"contactbridge/internal/client"
)

var connectCommand = command{
	name: "connect", does: "connect a mailbox with vTiger and choose its folder",
	about: `Makes the connection if there is none, prints the link at which the mailbox is signed in at Microsoft, and lists the
mailbox's contact folders. Call it again to go on; it does what is missing.`,
	flags: func(f *pflag.FlagSet) {
		f.String("module", "Contacts", "vTiger `MODULE`: Contacts, Leads, Accounts or Vendors")
		f.Bool("wait", false, "wait until the mailbox is signed in")
		f.String("folder", "", "choose the folder with this `NAME` or id")
	},
	run: connect,
}

// poll is how often something is looked at that nobody announces.
const poll = 2 * time.Second

func connect(ctx context.Context, c *call) error {
	if err := c.open(); err != nil {
		return err
	}
	parts := map[string]json.RawMessage{}
	err := c.connecting(ctx, parts)
	if c.json() && len(parts) > 0 {
		if err := c.parts(parts); err != nil {
			return err
		}
	}
	return err
}

// connecting does what is missing, step by step, and collects what the API answered.
func (c *call) connecting(ctx context.Context, parts map[string]json.RawMessage) error {
	id, err := c.owned(ctx)
	if err != nil {
		return err
	}
	now, err := c.look(ctx, id, parts)
	if err != nil {
		return err
	}
	if !now.Account.SignedIn {
		if now, err = c.signMailboxIn(ctx, now, parts); err != nil {
			return err
		}
	} else if c.text("folder") == "" && !c.json() {
		c.say("The mailbox %s is signed in.", now.Account.Address)
	}
	return c.chooseFolder(ctx, now, parts)
}

// owned finds the caller's connection of the module, or makes it.
func (c *call) owned(ctx context.Context) (string, error) {
	own, err := c.own(ctx)
	if err != nil {
		return "", err
	}
	for _, each := range own {
		if strings.EqualFold(each.view.Module, c.text("module")) {
			return each.view.ID, nil
		}
	}
	made, err := ask(c.api.CreateConnectionWithResponse(ctx, client.ConnectInputBody{Module: c.text("module")}))
	if err != nil {
		return "", err
	}
	if !c.json() {
		c.say("Made the connection of your %s in vTiger.", made.JSON201.Module)
	}
	return made.JSON201.ID, nil
}

func (c *call) look(ctx context.Context, id string, parts map[string]json.RawMessage) (client.ConnectionView, error) {
	a, err := ask(c.api.GetConnectionWithResponse(ctx, id))
	if err != nil {
		return client.ConnectionView{}, err
	}
	parts["connection"] = a.Body
	return *a.JSON200, nil
}

// signMailboxIn gives a person the link, and waits for what they do with it if asked to.
func (c *call) signMailboxIn(ctx context.Context, now client.ConnectionView, parts map[string]json.RawMessage) (client.ConnectionView, error) {
	link, err := ask(c.api.AuthorizeWithResponse(ctx, now.ID))
	if err != nil {
		return now, err
	}
	parts["link"] = link.Body
	if !c.json() {
		c.say("Open this link in a browser and sign in to Microsoft with the mailbox; it works once, until %s:\n\n  %s\n",
			link.JSON201.ExpiresAt.Local().Format("15:04"), link.JSON201.URL)
	} else if c.yes("wait") {
		printJSON(c.Err, link.JSON201) // somebody has to open it before the answer can be complete
	}
	if !c.yes("wait") {
		return now, needs("contactbridge connect", "The mailbox must be signed in by its link first.")
	}
	for time.Now().Before(link.JSON201.ExpiresAt) {
		if err := pause(ctx, poll); err != nil {
			return now, err
		}
		if now, err = c.look(ctx, now.ID, parts); err != nil {
			return now, err
		}
		if now.Account.SignedIn {
			if !c.json() {
				c.say("The mailbox %s is connected.", now.Account.Address)
			}
			return now, nil
		}
	}
	return now, needs("contactbridge connect --wait", "Nobody signed in before the link ended.")
}

func (c *call) chooseFolder(ctx context.Context, now client.ConnectionView, parts map[string]json.RawMessage) error {
	list, err := ask(c.api.ListFoldersWithResponse(ctx, now.ID))
	if err != nil {
		return err
	}
	parts["folders"] = list.Body
	wanted := c.text("folder")
	if wanted == "" {
		return c.showFolders(now, list.JSON200.Folders)
	}
	i := slices.IndexFunc(list.JSON200.Folders, func(f client.FolderView) bool { return f.ID == wanted || f.Name == wanted })
	if i < 0 {
		return failed("The mailbox has no contact folder %q.", wanted)
	}
	folder := list.JSON200.Folders[i]
	before, err := ask(c.api.GetSettingsWithResponse(ctx, now.ID))
	if err != nil {
		return err
	}
	tag := before.HTTPResponse.Header.Get("ETag")
	if _, err = ask(c.api.PutSettingsWithResponse(ctx, now.ID, &client.PutSettingsParams{IfMatch: &tag}, client.SettingsChange{FolderID: &folder.ID})); err != nil {
		return err
	}
	if now, err = c.look(ctx, now.ID, parts); err == nil && !c.json() {
		c.say("%s syncs with the folder %s of %s.\nnext: %s", now.Module, folder.Name, now.Account.Address, now.NextStep)
	}
	return err
}

func (c *call) showFolders(now client.ConnectionView, list []client.FolderView) error {
	if !c.json() {
		rows := [][]string{{"FOLDER", "", "ID"}}
		for _, f := range list {
			mark := ""
			switch {
			case now.Folder != nil && now.Folder.ID == f.ID:
				mark = "chosen"
			case f.Default != nil && *f.Default:
				mark = "the mailbox's own"
			}
			rows = append(rows, []string{f.Name, mark, f.ID})
		}
		c.table(rows)
	}
	if now.Folder == nil {
		return needs("contactbridge connect --folder NAME", "Choose the folder to sync with.")
	}
	return nil
}

// pause waits, unless the person had enough.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return unreachable(ctx.Err())
	case <-time.After(d):
		return nil
	}
}
