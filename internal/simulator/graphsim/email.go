package graphsim

import "strings"

// readEmails applies what Outlook does to e-mail addresses: the name is that of the global address list, else the
// one given, else the address; an address that is none survives as a name only.
func readEmails(value any, directoryName func(string) string) (any, *refusal) {
	list, ok := value.([]any)
	if !ok && value != nil {
		return nil, wrongType("emailAddresses", "Collection(microsoft.graph.emailAddress)")
	}
	if len(list) > maxEmails {
		return nil, tooMany("emailAddresses", len(list), maxEmails)
	}
	kept := []any{}
	for _, entry := range list {
		given, ok := entry.(map[string]any)
		if !ok {
			return nil, wrongType("emailAddresses", "microsoft.graph.emailAddress")
		}
		address, addressOK := given["address"].(string)
		name, nameOK := given["name"].(string)
		if !addressOK && given["address"] != nil || !nameOK && given["name"] != nil {
			return nil, wrongType("emailAddresses", "Edm.String")
		}
		if email := newEmail(address, name, directoryName); email != nil {
			kept = append(kept, email)
		}
	}
	return kept, nil
}

func newEmail(address, name string, directoryName func(string) string) map[string]any {
	if name == "" {
		name = address
	}
	if !validAddress(address) {
		if name == "" {
			return nil
		}
		return map[string]any{"name": name}
	}
	if known := directoryName(address); known != "" {
		name = known
	}
	return map[string]any{"address": address, "name": name}
}

// validAddress accepts X500 addresses too, which stand for people of the global address list.
func validAddress(address string) bool {
	local, domain, ok := strings.Cut(address, "@")
	return strings.HasPrefix(strings.ToLower(address), "/o=") ||
		ok && local != "" && domain != "" && !strings.ContainsAny(address, " \t\r\n<>") && !strings.Contains(domain, "@")
}

// addresses lists the e-mail addresses of a contact in lower case.
func addresses(fields map[string]any) []string {
	list, _ := fields["emailAddresses"].([]any)
	var all []string
	for _, entry := range list {
		email, _ := entry.(map[string]any)
		if address, ok := email["address"].(string); ok {
			all = append(all, strings.ToLower(address))
		}
	}
	return all
}
