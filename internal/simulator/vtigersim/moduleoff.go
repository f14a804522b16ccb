package vtigersim

// SetModuleOff switches a module off in the module manager: listtypes leaves it out, and every use of it is denied, to
// administrators too. Its records stay.
func (s *Server) SetModuleOff(module string, off bool) {
	s.switches.set(func(w *switches) {
		if w.modulesOff == nil {
			w.modulesOff = map[string]bool{}
		}
		w.modulesOff[module] = off
	})
}

func (w *switches) off(module string) bool {
	return read(w, func() bool { return w.modulesOff[module] })
}
