package api

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// gates are the calls that wait for steps, and how many of microsoft, signIn, folder, mapping and preview each needs.
var gates = []struct {
	call  string
	body  any
	needs int
	done  int // its status when nothing is missing
}{
	{"POST /authorization", nil, 1, 201},
	{"POST /invitation", nil, 1, 201},
	{"PUT /authorization", jsonMap{"mailbox": "nobody@bridge.example"}, 1, 422}, // an administrator's
	{"GET /folders", nil, 2, 200},
	{"PUT /settings", jsonMap{"folderId": "Contacts"}, 2, 200},
	{"POST /runs", jsonMap{"preview": true}, 4, 202},
	{"POST /observe-again", jsonMap{"side": "outlook"}, 5, 202},
	{"POST /runs", nil, 5, 202},
	{"POST /runs", jsonMap{"skipPreview": true}, 4, 202},
}

// kinds of problems by the first step that is missing.
var kindOfStep = map[string]string{
	stepMicrosoft: "step-1-missing", stepSignIn: "needs-sign-in", stepFolder: "needs-folder", stepMapping: "needs-mapping", stepPreview: "needs-preview",
}

// states are the ways in which steps can be missing.
var states = []struct {
	what    string
	missing []string
	begin   func(*rig, caller, string)
}{
	{"nothing is done", []string{"microsoft", "signIn", "folder"}, func(*rig, caller, string) {}},
	{"step 1 is half done", []string{"microsoft", "signIn", "folder"}, func(r *rig, _ caller, _ string) {
		half := r.step1()
		delete(half, "clientSecret")
		require.Equal(r.t, 200, r.as("ada").do("PUT", "/api/v1/settings/microsoft", half).status)
	}},
	{"step 1", []string{"signIn", "folder"}, func(r *rig, _ caller, _ string) { r.as("ada").saveStep1() }},
	{"signed in", []string{"folder"}, signIn},
	{"signed in and nothing mapped", []string{"folder", "mapping"}, func(r *rig, alice caller, c string) {
		signIn(r, alice, c)
		unmap(r)
	}},
	{"nothing mapped", []string{"mapping"}, func(r *rig, alice caller, c string) {
		chooseFolder(r, alice, c)
		unmap(r)
	}},
	{"nobody looked at a preview", []string{"preview"}, chooseFolder},
	{"the sign-in lapsed", []string{"signIn"}, func(r *rig, alice caller, c string) {
		chooseFolder(r, alice, c)
		r.seen(c)
		require.NoError(r.t, r.server.Ledger.SetTrouble(r.t.Context(), idOf(c), "needs-sign-in", "Sign in again."))
	}},
	{"step 1 was taken back", []string{"microsoft"}, func(r *rig, alice caller, c string) {
		chooseFolder(r, alice, c)
		r.seen(c)
		half := r.step1()
		half["clientSecret"] = nil
		require.Equal(r.t, 200, r.as("ada").do("PUT", "/api/v1/settings/microsoft", half).status)
	}},
	{"all is done", nil, func(r *rig, alice caller, c string) {
		chooseFolder(r, alice, c)
		r.seen(c)
	}},
}

func signIn(r *rig, alice caller, c string) {
	r.as("ada").saveStep1()
	r.browser().connect(alice.link(c), "alice")
}

func chooseFolder(r *rig, alice caller, c string) {
	signIn(r, alice, c)
	require.Equal(r.t, 200, alice.at("PUT /settings", c, jsonMap{"folderId": "Contacts"}).status)
}

// unmap is a connection of which vTiger had no field of the default.
func unmap(r *rig) { r.exec(`UPDATE connections SET settings = settings || '{"mapping": []}'`) }

// Every call says which step it waits for, and all that are missing, in their order. What was refused changed nothing, so
// the next call meets the same state.
func TestSteps(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	admin.allow("alice")
	alice := r.as("alice")
	order := []string{stepMicrosoft, stepSignIn, stepFolder, stepMapping, stepPreview}
	for _, state := range states {
		t.Run(state.what, func(t *testing.T) {
			connection := ""
			for _, gate := range gates {
				if connection == "" {
					r.exec("DELETE FROM connections; DELETE FROM settings WHERE name = 'microsoft'")
					connection = alice.connection()
					state.begin(r, alice, connection)
				}
				var v connectionView
				alice.do("GET", connection, nil).read(t, &v)
				steps := strings.TrimSuffix(strings.Join(state.missing, " "), stepPreview)
				require.Equal(t, steps, strings.Join(v.Steps.Missing, " "), "a preview is no step of the connection's state")

				who := alice
				if gate.call == "PUT /authorization" {
					who = admin
				}
				a := who.at(gate.call, connection, gate.body)
				if len(state.missing) > 0 && slices.Contains(order[:gate.needs], state.missing[0]) {
					p := a.refused(t, 409, kindOfStep[state.missing[0]])
					require.Equal(t, state.missing, p.Missing, "%s when %s", gate.call, state.what)
					continue
				}
				require.Equal(t, gate.done, a.status, "%s when %s: %s", gate.call, state.what, a.raw)
				connection = ""
			}
		})
	}
}
