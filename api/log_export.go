package api

import (
	"context"
	"encoding/csv"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// exportPage is how many lines are held at a time.
const exportPage = 1000

// exportColumns is the first row.
var exportColumns = []string{
	"time", "user", "direction", "action", "outcome", "module", "name", "fields", "before", "after", "lost", "reason", "vtigerId", "outlookId", "run", "connection", "id",
}

func (s *Server) exportRoute(r routes) {
	op := on(http.MethodGet, prefix+"/log.csv", "Log", "export-log", "Read the sync log as a table for spreadsheets", http.StatusNotFound)
	op.Description = "Every line that the filters leave, newest first, as CSV (RFC 4180: commas, CRLF) in UTF-8 with a byte order mark, " +
		"without which Excel would misread names. The first row names the columns. A cell that a spreadsheet would take for a formula begins with an apostrophe. " +
		"before, after and lost hold a line for each field. A line whose outcome becomes known meanwhile moves up, and may be missing. " +
		"An export that fails midway ends without its last chunk, so that programs see that it is cut. " + ownOnly
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The table", Content: map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}}},
		Headers: map[string]*huma.Param{"Content-Disposition": {Schema: &huma.Schema{Type: huma.TypeString}, Description: "The name of the file"}},
	}}
	add(r, syncing, op, s.exportLog)
}

// exportLog reads the first page while there still is a status to refuse with.
func (s *Server) exportLog(ctx context.Context, in *LogAsk) (*huma.StreamResponse, error) {
	f, err := s.logFilter(ctx, in)
	if err != nil {
		return nil, err
	}
	f.Limit = exportPage
	lines, err := s.Ledger.Log(ctx, f)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", "text/csv; charset=utf-8")
		c.SetHeader("Content-Disposition", `attachment; filename="contactbridge-log-`+time.Now().UTC().Format(time.DateOnly)+`.csv"`)
		if err := s.export(ctx, c.BodyWriter(), f, lines); err != nil {
			s.failure(ctx, "export the log", err)
			panic(http.ErrAbortHandler) // what was sent must not look whole
		}
	}}, nil
}

// export writes page after page, so that no more than one is held. A client that hung up ends it at the next page.
func (s *Server) export(ctx context.Context, to io.Writer, f ledger.LogFilter, lines []ledger.Line) error {
	if _, err := io.WriteString(to, "\uFEFF"); err != nil {
		return err
	}
	table := csv.NewWriter(to)
	table.UseCRLF = true
	if err := table.Write(exportColumns); err != nil {
		return err
	}
	for {
		for _, l := range lines {
			if err := table.Write(exportRow(l, person(ctx))); err != nil {
				return err
			}
		}
		table.Flush()
		if err := table.Error(); err != nil || len(lines) < f.Limit {
			return err
		}
		f.Before = lines[len(lines)-1].At()
		var err error
		if lines, err = s.Ledger.Log(ctx, f); err != nil {
			return err
		}
	}
}

// exportRow spells a line for somebody.
func exportRow(l ledger.Line, to ledger.User) []string {
	v := viewOperation(l.Operation, l.UserID, l.UserName, l.Module, to)
	fields := slices.Sorted(maps.Keys(v.Fields))
	each := func(value func(fieldDiff) *string) string {
		var out []string
		for _, f := range fields {
			if text := value(v.Fields[f]); text != nil {
				out = append(out, string(f)+": "+*text)
			}
		}
		return strings.Join(out, "\n")
	}
	lost := func(d fieldDiff) *string {
		if d.Lost == "" {
			return nil
		}
		return &d.Lost
	}
	row := []string{
		v.Time.Format(time.RFC3339), v.User, v.Direction, string(v.Action), string(v.Outcome), v.Module, v.Name, joinFields(fields),
		each(func(d fieldDiff) *string { return d.Before }), each(func(d fieldDiff) *string { return d.After }), each(lost),
		v.Reason, v.VTigerID, v.OutlookID, v.RunID, v.Connection, v.ID,
	}
	for i := range row {
		row[i] = harmless(row[i])
	}
	return row
}

func joinFields(fields []contact.Field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = string(f)
	}
	return strings.Join(names, ", ")
}

// harmless keeps a spreadsheet from taking a cell for a formula: contacts are named by strangers. Blanks before it, and the
// wide signs of East Asian keyboards, do not hide it.
func harmless(cell string) string {
	first, size := utf8.DecodeRuneInString(strings.TrimLeft(cell, " \u00a0\u3000"))
	if size > 0 && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}
