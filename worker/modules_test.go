package worker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/fieldmap"
	"contactbridge/internal/ledger"
	"contactbridge/internal/outlook"
	"contactbridge/internal/reconcile"
)

// beside connects another module of the same user with a folder of its own, as the API would, and gives the rig with that
// connection.
func (r *rig) beside(module string) *rig {
	ctx := r.t.Context()
	settings := r.connection.Settings
	settings.Mapping = fieldmap.Default(module)
	c, err := r.ledger.CreateConnection(ctx, r.user.ID, module, settings)
	require.NoError(r.t, err)
	refresh := r.refreshToken(r.microsoftURL, r.user)
	mailbox := ledger.Mailbox{Tenant: r.cast.TenantID, ID: "mailbox-of-" + r.user.UserName}
	require.NoError(r.t, r.ledger.SignedIn(ctx, c.ID, mailbox, refresh))
	c, err = r.ledger.Connection(ctx, c.ID)
	require.NoError(r.t, err)
	config := outlook.Config{
		LoginURL: r.microsoftURL, GraphURL: r.microsoftURL, TenantID: r.cast.TenantID, ClientID: r.cast.ClientID,
		ClientSecret: r.cast.ClientSecret, RedirectURL: "http://127.0.0.1/oauth/callback",
	}
	id := r.microsoft.AddFolder(r.user.Mailbox, module)
	folder, err := outlook.NewClient(config, outlook.NewSource(config, refresh, nil)).Folder(ctx, id)
	require.NoError(r.t, err)
	c.FolderID, c.FolderName = folder.ID, folder.Name
	require.NoError(r.t, r.ledger.SaveConnectionSettings(ctx, c))
	other := *r
	other.connection, err = r.ledger.Connection(ctx, c.ID)
	require.NoError(r.t, err)
	return &other
}

// record adds a record of the rig's module for its user in vTiger.
func (r *rig) record(fields map[string]string) string {
	id, err := r.vtiger.AddRecord(r.connection.Module, r.user.ID, fields)
	require.NoError(r.t, err)
	return id
}

// held finds the one record of the rig's module in vTiger that holds a value.
func (r *rig) held(field, value string) map[string]string {
	var found []map[string]string
	for _, v := range r.vtiger.Records(r.connection.Module) {
		if v[field] == value {
			found = append(found, v)
		}
	}
	require.Len(r.t, found, 1, "%s in vTiger's %s", value, r.connection.Module)
	return found[0]
}

// carded finds the one contact in the rig's folder that holds a value.
func (r *rig) carded(field, value string) map[string]any {
	var found []map[string]any
	for _, o := range r.microsoft.Contacts(r.user.Mailbox, r.connection.FolderName) {
		if o[field] == value {
			found = append(found, o)
		}
	}
	require.Len(r.t, found, 1, "%s in the folder %s", value, r.connection.FolderName)
	return found[0]
}

// sizes are how many records vTiger's module and the folder hold.
func (r *rig) sizes() [2]int {
	return [2]int{len(r.vtiger.Records(r.connection.Module)), len(r.microsoft.Contacts(r.user.Mailbox, r.connection.FolderName))}
}

// linkOf is the link that holds a vTiger record.
func (r *rig) linkOf(vtigerID string) (l ledger.Link) {
	require.NoError(r.t, r.ledger.DB().NewSelect().Model(&l).Where("connection_id = ? AND vtiger_id = ?", r.connection.ID, vtigerID).Scan(r.t.Context()))
	return l
}

// Three modules of one user sync with three folders, both ways, and none touches another's.
func TestModulesSyncBesideOneAnother(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	r.cast.People(r.vtiger, r.microsoft)
	leads, accounts := r.beside("Leads"), r.beside("Accounts")

	leads.record(map[string]string{
		"firstname": "Lea", "lastname": "Der", "company": "Ice & Sons", "designation": "CTO", "email": "lea@ice.example",
		"phone": "+41 44 111 22 33", "website": "https://ice.example", "lane": "Weg 1", "city": "Bern", "leadstatus": "Hot",
	})
	leads.record(map[string]string{"firstname": "Both", "lastname": "Sides", "email": "both@ice.example"})
	r.microsoft.AddContact(r.user.Mailbox, "Leads", map[string]any{
		"givenName": "Both", "surname": "Sides", "jobTitle": "CEO", "emailAddresses": mailsOf("both@ice.example"),
	})
	r.microsoft.AddContact(r.user.Mailbox, "Leads", map[string]any{"givenName": "Ola", "surname": "Found", "companyName": "Snow AG"})

	accounts.record(map[string]string{
		"accountname": "Ice & Sons", "email1": "info@ice.example", "email2": "sales@ice.example", "phone": "+41 44 111 22 00",
		"bill_street": "Weg 1", "bill_city": "Bern", "ship_city": "Basel", "website": "https://ice.example", "industry": "Media",
	})
	accounts.record(map[string]string{"accountname": "Named Alike"})
	r.microsoft.AddContact(r.user.Mailbox, "Accounts", map[string]any{"companyName": "Named Alike", "businessHomePage": "https://alike.example"})
	r.microsoft.AddContact(r.user.Mailbox, "Accounts", map[string]any{"companyName": "Snow AG", "emailAddresses": mailsOf("info@snow.example")})

	r.sync("contacts")
	require.Equal(t, map[string]int{
		"insert outlook done": 1, "insert vtiger done": 1, "update vtiger done": 1, "link  done": 1,
	}, leads.counts(leads.sync("leads")))
	first := accounts.counts(accounts.sync("accounts"))
	require.Equal(t, 1, first["insert vtiger done"])
	require.Equal(t, 1, first["link  done"])
	r.equal()
	require.Equal(t, [2]int{3, 3}, leads.sizes())

	lea := leads.carded("surname", "Der")
	require.Equal(t, []any{"Ice & Sons", "CTO", "https://ice.example"}, []any{lea["companyName"], lea["jobTitle"], lea["businessHomePage"]})
	require.Equal(t, "Hot", leads.held("lastname", "Der")["leadstatus"], "what is not mapped stays")
	ola := leads.held("lastname", "Found")
	require.Equal(t, []string{"Snow AG", r.user.ID}, []string{ola["company"], ola["assigned_user_id"]})
	require.Equal(t, "CEO", leads.held("lastname", "Sides")["designation"])

	ice := accounts.carded("companyName", "Ice & Sons")
	require.Equal(t, "Ice & Sons", ice["displayName"])
	require.Equal(t, "Bern", ice["businessAddress"].(map[string]any)["city"])
	require.Equal(t, "Basel", ice["otherAddress"].(map[string]any)["city"])
	require.Len(t, ice["emailAddresses"], 2)
	require.Equal(t, "info@snow.example", accounts.held("accountname", "Snow AG")["email1"])
	require.Equal(t, "https://alike.example", accounts.held("accountname", "Named Alike")["website"])

	written := r.writes()
	for what, module := range map[string]*rig{"contacts": r, "leads": leads, "accounts": accounts} {
		require.Empty(t, module.counts(module.sync("again "+what)), what)
	}
	require.Equal(t, written, r.writes(), "a quiet second run writes nothing")

	require.NoError(t, r.vtiger.Edit(accounts.held("accountname", "Ice & Sons")["id"], map[string]string{"accountname": "Ice GmbH"}))
	snow, _ := accounts.carded("companyName", "Snow AG")["id"].(string)
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, snow, map[string]any{"businessHomePage": "https://snow.example"}))
	require.Equal(t, map[string]int{"update outlook done": 1, "update vtiger done": 1}, accounts.counts(accounts.sync("changes")))
	accounts.carded("companyName", "Ice GmbH")
	require.Equal(t, "https://snow.example", accounts.held("accountname", "Snow AG")["website"])
}

// A converted lead is no deleted one: its link freezes, and what Outlook holds stays.
func TestAConvertedLeadDeletesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, func(s *ledger.Settings) { s.DeleteInOutlook, s.DeleteVersus = true, "deleteWins" })
	leads := r.beside("Leads")
	id := leads.record(map[string]string{"firstname": "Lea", "lastname": "Der", "email": "lea@ice.example"})
	gone := leads.record(map[string]string{"lastname": "Gone"})
	leads.record(map[string]string{"lastname": "Stays"})
	leads.sync("first")
	require.Equal(t, [2]int{3, 3}, leads.sizes())

	_, err := r.vtiger.ConvertLead(id)
	require.NoError(t, err)
	require.NoError(t, r.vtiger.Delete(gone))
	counts := leads.counts(leads.sync("converted"))
	require.Equal(t, 1, counts["delete outlook done"], "a deleted lead is told apart")
	require.Zero(t, counts["insert vtiger done"])
	require.Equal(t, [2]int{1, 2}, leads.sizes())
	leads.carded("surname", "Der")

	require.Equal(t, reconcile.OutOfScope, leads.linkOf(id).State)
	require.Empty(t, leads.counts(leads.sync("again")), "a frozen link does nothing")
}
