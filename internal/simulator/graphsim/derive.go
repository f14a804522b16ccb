package graphsim

import "strings"

// derived are the properties Outlook makes from others when a write touches their sources and does not set them.
var derived = []struct {
	name    string
	sources []string
	make    func(text func(string) string) string
}{
	{"displayName", []string{"givenName", "middleName", "surname", "generation", "companyName"}, displayName},
	{"fileAs", []string{"givenName", "middleName", "surname", "companyName", "displayName"}, fileAs},
	{"initials", []string{"givenName", "middleName", "surname"}, initials},
}

// derive recomputes in fields, the content after w. A display name of the user's own is overwritten by a PATCH of any
// name part that does not repeat it; a change of the company alone leaves a name made of name parts as it is.
func (w write) derive(fields map[string]any, creating bool) {
	text := func(name string) string { value, _ := fields[name].(string); return value }
	for _, d := range derived {
		given, present := w.fields[d.name]
		if present && given != nil && given != "" || present && !creating {
			continue
		}
		if !creating && !w.touches(d.sources, text) {
			continue
		}
		if value := d.make(text); value != "" {
			fields[d.name] = value
		} else {
			delete(fields, d.name)
		}
	}
}

func (w write) touches(sources []string, text func(string) string) bool {
	named := text("givenName")+text("surname") != ""
	for _, source := range sources {
		_, touched := w.fields[source]
		if touched && !(named && (source == "companyName" || source == "displayName")) {
			return true
		}
	}
	return false
}

func displayName(text func(string) string) string {
	name := join(" ", text("givenName"), text("middleName"), text("surname"), text("generation"))
	if name == "" {
		return text("companyName")
	}
	return name
}

func fileAs(text func(string) string) string {
	name := join(", ", text("surname"), join(" ", text("givenName"), text("middleName")))
	if name == "" {
		name = text("companyName")
	}
	if name == "" {
		name = text("displayName")
	}
	return name
}

func initials(text func(string) string) string {
	var all strings.Builder
	for _, part := range []string{"givenName", "middleName", "surname"} {
		for _, letter := range strings.TrimSpace(text(part)) {
			all.WriteRune(letter)
			all.WriteByte('.')
			break
		}
	}
	return all.String()
}

func join(separator string, parts ...string) string {
	var kept []string
	for _, part := range parts {
		if part = strings.TrimSpace(part); part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, separator)
}
