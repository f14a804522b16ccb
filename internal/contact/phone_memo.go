package contact

import "sync"

// mostPhones bounds the memo; when it is full it begins anew.
const mostPhones = 1 << 15

// phoneMemo keeps the normal forms of the numbers that were read last. Reading one costs more than all else that is done
// with a contact, and planning asks for the same number several times. What is forgotten is read again.
type phoneMemo struct {
	mu    sync.Mutex
	forms map[phoneKey]string
}

type phoneKey struct{ value, region string }

var phones = phoneMemo{forms: map[phoneKey]string{}}

// normal gives the form of a number, which read finds when it is not known.
func (m *phoneMemo) normal(value, region string, read func(value, region string) string) string {
	key := phoneKey{value, region}
	m.mu.Lock()
	form, known := m.forms[key]
	m.mu.Unlock()
	if known {
		return form
	}
	form = read(value, region)
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.forms) >= mostPhones {
		m.forms = map[phoneKey]string{}
	}
	m.forms[key] = form
	return form
}
