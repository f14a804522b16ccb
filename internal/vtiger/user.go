package vtiger

import (
	"context"
	"strconv"

	"contactbridge/internal/contact"
)

// User is one user of vTiger.
type User struct {
	ID        string // "19x5"
	UserName  string
	FirstName string
	LastName  string
	Email     string
	Admin     bool
	Active    bool
	TimeZone  string // of the tz database, "Europe/Paris"
	Role      string // vTiger's id of it, "H5"; no operation tells its name
}

// Group is one group of vTiger. No operation tells who is in it.
type Group struct {
	ID   string // "20x2"
	Name string
}

const userColumns = "select id,user_name,first_name,last_name,email1,is_admin,status,time_zone,roleid from Users"

func (r row) user() User {
	return User{
		ID: r["id"], UserName: r["user_name"], FirstName: r["first_name"], LastName: r["last_name"], Email: r["email1"],
		Admin: r["is_admin"] == "on" || r["is_admin"] == "1", Active: r["status"] == "Active", TimeZone: r["time_zone"], Role: r["roleid"],
	}
}

// Users lists the users, which only an administrator's account may. vTiger may leave out inactive ones.
func (c *Client) Users(ctx context.Context) ([]User, error) {
	const doing = "list the users of vTiger"
	rows, err := c.list(ctx, doing, userColumns)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 { // at least the integration account is one
		return nil, untrue(doing)
	}
	users := make([]User, len(rows))
	for i, r := range rows {
		users[i] = r.user()
	}
	return users, nil
}

// Groups lists the groups.
func (c *Client) Groups(ctx context.Context) ([]Group, error) {
	rows, err := c.list(ctx, "list the groups of vTiger", "select * from Groups")
	if err != nil {
		return nil, err
	}
	groups := make([]Group, len(rows))
	for i, r := range rows {
		groups[i] = Group{ID: r["id"], Name: r["groupname"]}
	}
	return groups, nil
}

// list reads all rows of a small table by offset: these tables are not known to sort or compare by id, and a wrong order
// by is answered with an empty list.
func (c *Client) list(ctx context.Context, doing, vtql string) ([]row, error) {
	var all []row
	seen := map[string]bool{}
	for offset := 0; ; offset += pageRows {
		rows, err := c.query(ctx, doing, vtql+" limit "+strconv.Itoa(offset)+","+strconv.Itoa(pageRows))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if !seen[r["id"]] {
				seen[r["id"]] = true
				all = append(all, r)
			}
		}
		if len(rows) == 0 {
			return all, nil
		}
	}
}

// untrue is the error of an answer that cannot be: vTiger reports a database error as an empty list.
func untrue(doing string) error {
	return &contact.Error{
		Kind: contact.Unavailable, Doing: doing, Code: "empty",
		Sentence: "vTiger answers with an empty list although there are records: its database has a fault.",
	}
}
