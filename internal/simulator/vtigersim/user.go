package vtigersim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	defaultDateFormat = "yyyy-mm-dd"
	userPrefix        = "19x"
	groupPrefix       = "20x"
)

// User is a person who may sign in to the CRM.
type User struct {
	UserName  string // matched case-insensitively at login
	Password  string // for the Mobile module's login
	AccessKey string // for the web service's login
	FirstName string
	LastName  string
	Email     string
	Admin     bool
	Inactive  bool     // login is refused as if the key were wrong
	Deleted   bool     // as Inactive, and no list or query shows the user
	TimeZone  string   // "" is UTC; changes nothing but what login tells
	Role      string   // "H5" for ordinary users and "H2" for administrators unless set
	Groups    []string // ids such as "20x3", whose records the user may see
	// DateFormat is "yyyy-mm-dd" (default), "mm-dd-yyyy" or "dd-mm-yyyy". Dates
	// travel as yyyy-mm-dd all the same, but are also accepted in this form.
	DateFormat string
	HourFormat string // "12" (default) or "24"
}

type user struct {
	User
	id string
}

func (u *user) isAdmin() string {
	if u.Admin {
		return "on"
	}
	return "off"
}

// sees reports whether private sharing lets the user read a record.
func (u *user) sees(r *record) bool {
	return u.Admin || r.module.ownerAt < 0 || r.owner() == u.id || slices.Contains(u.Groups, r.owner())
}

// AddUser adds a person and returns the id: 19x1 for the first, then 19x5, 19x6 ….
func (s *Server) AddUser(added User) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	number := 1
	if len(s.users) > 0 {
		s.lastPerson++
		number = s.lastPerson
	}
	u := &user{User: added, id: userPrefix + strconv.Itoa(number)}
	s.users[u.id] = u
	t := s.tables["Users"]
	r := &record{module: t.module, number: number, id: u.id, values: make([]string, len(t.module.Fields))}
	s.records[r.id] = r
	t.insert(r)
	s.showUser(u)
	return u.id
}

// UpdateUser changes a person as an administrator would: deactivate, replace the
// access key, make an admin. Open sessions stay open.
func (s *Server) UpdateUser(id string, change func(*User)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[id]
	if u == nil {
		return fmt.Errorf("update user %s: no such user", id)
	}
	change(&u.User)
	s.showUser(u)
	return nil
}

// showUser fills in defaults and copies the person into the Users table. The
// access key and the password stay out of it.
func (s *Server) showUser(u *user) {
	u.TimeZone = orElse(u.TimeZone, "UTC")
	u.DateFormat = orElse(u.DateFormat, defaultDateFormat)
	u.HourFormat = orElse(u.HourFormat, "12")
	u.Inactive = u.Inactive || u.Deleted
	status, role := "Active", orElse(u.Role, "H5")
	if u.Inactive {
		status = "Inactive"
	}
	if u.Admin {
		role = orElse(u.Role, "H2")
	}
	r := s.records[u.id]
	s.listUser(r, u.Deleted)
	for name, value := range map[string]string{
		"id": u.id, "user_name": u.UserName, "is_admin": u.isAdmin(), "status": status, "roleid": role,
		"first_name": u.FirstName, "last_name": u.LastName, "email1": u.Email,
		"time_zone": u.TimeZone, "date_format": u.DateFormat, "hour_format": u.HourFormat,
		"userlabel": strings.TrimSpace(u.FirstName + " " + u.LastName),
	} {
		if i := r.module.at(name); i >= 0 {
			r.values[i] = value
		}
	}
}

// listUser takes a person out of the Users table, or back in.
func (s *Server) listUser(r *record, deleted bool) {
	switch t := s.tables["Users"]; {
	case deleted && !r.deleted:
		t.remove(r)
	case !deleted && r.deleted:
		t.insert(r)
	}
	r.deleted = deleted
}

func (s *Server) userByName(name string) *user {
	for _, u := range s.users {
		if strings.EqualFold(u.UserName, name) {
			return u
		}
	}
	return nil
}

// addStockGroups adds the groups that every new installation has.
func (s *Server) addStockGroups() {
	m := schema().modules["Groups"]
	s.lastPerson = 1
	for _, group := range [][2]string{
		{"Team Selling", "Group Related to Sales"},
		{"Marketing Group", "Group Related to Marketing Activities"},
		{"Support Group", "Group Related to providing Support to Customers"},
	} {
		s.lastPerson++
		id := groupPrefix + strconv.Itoa(s.lastPerson)
		r := &record{module: m, number: s.lastPerson, id: id, values: make([]string, len(m.Fields))}
		r.values[m.at("id")], r.values[m.at("groupname")], r.values[m.at("description")] = id, group[0], group[1]
		s.records[id] = r
		s.tables["Groups"].insert(r)
	}
}

func orElse(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
