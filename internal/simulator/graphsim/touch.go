package graphsim

// SetPhoto gives a contact another photo: the contact gets another version, of which no delta tells.
func (s *Server) SetPhoto(user, id string) error {
	return s.onItem(user, id, func(m *mailbox, it *item) error {
		m.touch(it, s.now())
		return nil
	})
}
