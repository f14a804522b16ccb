package api

import (
	"context"

	"contactbridge/internal/ledger"
)

type sampleOutput struct {
	Body struct {
		VTiger  *sampleView `json:"vtiger" doc:"null until something was read"`
		Outlook *sampleView `json:"outlook" doc:"The same contact where one is linked; null until something was read"`
	}
}

type sampleView struct {
	ID     string            `json:"id"`
	Values map[string]string `json:"values" doc:"By vTiger's field or Outlook's property, as the side showed them at the last sync or preview"`
}

func viewSample(r ledger.Record) *sampleView {
	if r.ID == "" {
		return nil
	}
	return &sampleView{r.ID, r.Values}
}

// showSample gives a real contact, so that who maps fields sees what stands in them.
func (s *Server) showSample(ctx context.Context, in *connectionInput) (*sampleOutput, error) {
	c, err := s.visible(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v, o, err := s.Ledger.Sample(ctx, c)
	out := &sampleOutput{}
	out.Body.VTiger, out.Body.Outlook = viewSample(v), viewSample(o)
	return out, err
}
