package api

import (
	"context"
	"net/http"
	"strings"
)

type eraseUserInput struct {
	ID string `path:"id" maxLength:"64" doc:"vTiger's id of the user"`
}

type erasedUserOutput struct {
	Body struct {
		Connections int `json:"connections"`
		Operations  int `json:"operations" doc:"Lines of the log"`
		Records     int `json:"records" doc:"Contacts as either side showed them"`
	}
}

type erasePersonInput struct {
	Email string `query:"email" required:"true" format:"email" maxLength:"320" doc:"The person's e-mail address, as a contact shows it"`
}

type erasedPersonOutput struct {
	Body struct {
		Records    int `json:"records" doc:"Contacts with this address, or linked with one; they are read again as long as they are in vTiger or Outlook"`
		Operations int `json:"operations" doc:"Lines of the log that lost name and values"`
		Holds      int `json:"holds" doc:"Questions that no longer show values, until the next sync asks them"`
		Unclear    int `json:"unclear" doc:"Writes whose answer is awaited, which keep their values: call again when their sync has ended"`
	}
}

func (s *Server) erasureRoutes(r routes) {
	const tag = "Erasure"
	add(r, admins, on(http.MethodDelete, prefix+"/users/{id}/data", tag, "erase-user",
		"Delete what is kept for a user, who may then not sync; nothing is deleted in vTiger or Outlook", http.StatusNotFound), s.eraseUser)
	add(r, admins, on(http.MethodDelete, prefix+"/people", tag, "erase-person",
		"Take a person's name and values out of the log and what is kept of both sides; with millions of log lines it takes minutes"), s.erasePerson)
}

func (s *Server) eraseUser(ctx context.Context, in *eraseUserInput) (*erasedUserOutput, error) {
	erased, err := s.Ledger.EraseUser(ctx, in.ID)
	out := &erasedUserOutput{}
	out.Body.Connections, out.Body.Operations, out.Body.Records = erased.Connections, erased.Operations, erased.Records
	return out, err
}

func (s *Server) erasePerson(ctx context.Context, in *erasePersonInput) (*erasedPersonOutput, error) {
	erased, err := s.Ledger.ErasePerson(ctx, strings.ToLower(strings.TrimSpace(in.Email)))
	out := &erasedPersonOutput{}
	out.Body.Records, out.Body.Operations, out.Body.Holds, out.Body.Unclear = erased.Records, erased.Operations, erased.Holds, erased.Unclear
	return out, err
}
