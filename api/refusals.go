package api

import (
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// isPage tells whether a call answers with a page for people.
func isPage(op huma.Operation) bool { return op.Responses != nil && op.Errors == nil }

// refusals adds to what a call says it can answer what follows from its shape: who may make it, what it takes, and that
// whatever reads the ledger fails when the database does not answer. Pages say by themselves what they show.
func refusals(op *huma.Operation, who access, input reflect.Type) {
	if isPage(*op) {
		return
	}
	op.Errors = append(op.Errors, who.statuses(op.Method)...)
	op.Errors = append(op.Errors, http.StatusInternalServerError)
	if who > anybody {
		op.Errors = append(op.Errors, http.StatusServiceUnavailable)
	}
	if op.Method != http.MethodGet { // another site's page may have sent it
		op.Errors = append(op.Errors, http.StatusForbidden)
	}
	if strings.Contains(op.Path, "{id}") {
		op.Errors = append(op.Errors, http.StatusNotFound)
	}
	if _, takes := input.FieldByName("Body"); takes {
		op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	for i := range input.NumField() {
		if input.Field(i).Tag.Get("header") == "If-Match" {
			op.Errors = append(op.Errors, http.StatusPreconditionFailed)
		}
	}
	slices.Sort(op.Errors)
	op.Errors = slices.Compact(op.Errors)
}
