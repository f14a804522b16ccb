package console

import "net/url"

// workflowAt is where administrators see a connection's workflow, with all its runs, in Temporal's Web UI; empty: nobody
// said where that is.
func (v *visit) workflowAt(connection string) string {
	if v.console.TemporalUI == "" || !v.me.Admin || connection == "" {
		return ""
	}
	return v.console.TemporalUI + "/workflows?" + url.Values{"query": {`WorkflowId="sync/` + connection + `"`}}.Encode()
}
